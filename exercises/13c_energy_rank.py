"""How many dimensions a matrix really uses: three answers, each from its singular values sigma_1 >= sigma_2 >= ... >= 0.

    (K1)  effective rank  =  exp(- sum over i  p_i log p_i),   p_i = sigma_i / sum of sigma     Roy and Vetterli (2007)
    (K2)  stable rank     =  norm_F(W)^2 / norm_2(W)^2  =  sum of sigma_i^2 / sigma_1^2
    (K3)  energy rank     =  ...

All three are r for a matrix with r equal singular values and the rest zero (K3 for share = 1), 1 for a matrix of rank one, never
above the rank, and blind to the scale of W. They are defined here as 0 for the zero matrix, whose rank is 0: it uses
no dimension, and the formulas divide by zero.

Exercise 13c, lesson 13: The energy rank.
Write energy_rank. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 13c       tests this file
    minilora exercise hint 13c        one hint more, each time
"""

from minilora import backend
from minilora.lowrank.truncation import singular_values


def energy_rank(W, share=0.9):
    """The smallest number of singular directions that hold `share` of W's squared Frobenius norm (K3): an int; 0 for zeros.

    ValueError unless 0 < share <= 1.
    """
    # (K3)  energy rank =
    raise NotImplementedError("13c: write energy_rank")
