"""How near one array is to a multiple of another, or to a sum of multiples of others: most of the evidence is one of the two.

    a, n: the analytic gradient and the numeric one      d = a - n      K: arrays of d's shape, one or several

    (L1)  factor = ...
    (L2)  spread = ...
    (L3)  fit    = K (K^+ d)                                along one axis: of all sums of multiples of K the nearest to d,
                                                            with other coefficients on each line along the axis

Exercise 26a, lesson 26: One factor between two gradients.
Write ratio. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 26a       tests this file
    minilora exercise hint 26a        one hint more, each time
"""

import numpy as np

SMALL = 1e-3  # of the largest entry: ratios of smaller ones are mostly rounding


def ratio(a, n):
    """(factor, spread) of two arrays of one shape: is a the same number times n everywhere?"""
    # (L1)  factor =
    # (L2)  spread =
    raise NotImplementedError("26a: write ratio")
