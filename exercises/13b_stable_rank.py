"""How many dimensions a matrix really uses: three answers, each from its singular values sigma_1 >= sigma_2 >= ... >= 0.

    (K1)  effective rank  =  exp(- sum over i  p_i log p_i),   p_i = sigma_i / sum of sigma     Roy and Vetterli (2007)
    (K2)  stable rank     =  ...
    (K3)  energy rank     =  the smallest r with  sum over i <= r  sigma_i^2  >=  share * sum of sigma_i^2

All three are r for a matrix with r equal singular values and the rest zero (K3 for share = 1), 1 for a matrix of rank one, never
above the rank, and blind to the scale of W. They are defined here as 0 for the zero matrix, whose rank is 0: it uses
no dimension, and the formulas divide by zero.

Exercise 13b, lesson 13: The stable rank.
Write stable_rank. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 13b       tests this file
    minilora exercise hint 13b        one hint more, each time
"""

from minilora import backend
from minilora.lowrank.truncation import singular_values


def stable_rank(W):
    """The squared Frobenius norm over the squared spectral norm (K2): a float from 1 to min(m, n); 0.0 for zeros.

    Small singular values hardly move it, unlike the rank itself.
    """
    # (K2)  stable rank =
    raise NotImplementedError("13b: write stable_rank")
