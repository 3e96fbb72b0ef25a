"""How many dimensions a matrix really uses: three answers, each from its singular values sigma_1 >= sigma_2 >= ... >= 0.

    (K1)  effective rank  =  ...
    (K2)  stable rank     =  norm_F(W)^2 / norm_2(W)^2  =  sum of sigma_i^2 / sigma_1^2
    (K3)  energy rank     =  the smallest r with  sum over i <= r  sigma_i^2  >=  share * sum of sigma_i^2

All three are r for a matrix with r equal singular values and the rest zero (K3 for share = 1), 1 for a matrix of rank one, never
above the rank, and blind to the scale of W. They are defined here as 0 for the zero matrix, whose rank is 0: it uses
no dimension, and the formulas divide by zero.

Exercise 13a, lesson 13: The effective rank.
Write effective_rank. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 13a       tests this file
    minilora exercise hint 13a        one hint more, each time
"""

import math

from minilora import backend
from minilora.lowrank.truncation import singular_values


def effective_rank(W):
    """The exponential of the entropy of W's normalised singular values (K1): a float from 1 to min(m, n); 0.0 for zeros."""
    # (K1)  effective rank =
    raise NotImplementedError("13a: write effective_rank")
