"""How many dimensions a matrix really uses: three answers, each from its singular values sigma_1 >= sigma_2 >= ... >= 0.

    (K1)  effective rank  =  exp(- sum over i  p_i log p_i),   p_i = sigma_i / sum of sigma     Roy and Vetterli (2007)
    (K2)  stable rank     =  norm_F(W)^2 / norm_2(W)^2  =  sum of sigma_i^2 / sigma_1^2
    (K3)  energy rank     =  the smallest r with  sum over i <= r  sigma_i^2  >=  share * sum of sigma_i^2

All three are r for a matrix with r equal singular values and the rest zero (K3 for share = 1), 1 for a matrix of rank one, never
above the rank, and blind to the scale of W. They are defined here as 0 for the zero matrix, whose rank is 0: it uses
no dimension, and the formulas divide by zero.
"""

from minilora import backend
from minilora.lowrank.truncation import singular_values


def energy_rank(W, share=0.9):
    """The smallest number of singular directions that hold `share` of W's squared Frobenius norm (K3): an int; 0 for zeros.

    ValueError unless 0 < share <= 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share}")
    sigma = singular_values(W)
    if backend.item(sigma[0]) == 0:
        return 0
    q = sigma / sigma[0]
    energy = (q * q).cumsum()
    return 1 + backend.item((energy < share * energy[-1]).sum())  # (K3)
