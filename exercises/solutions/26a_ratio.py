"""How near one array is to a multiple of another, or to a sum of multiples of others: most of the evidence is one of the two.

    a, n: the analytic gradient and the numeric one      d = a - n      K: arrays of d's shape, one or several

    (L1)  factor = sum(a n) / sum(n n)                      the number c for which c n is nearest to a
    (L2)  spread = (max(a/n) - min(a/n)) / |median(a/n)|    over the entries with |n| > 1e-3 max|n|; 0 if a = c n
    (L3)  fit    = K (K^+ d)                                along one axis: of all sums of multiples of K the nearest to d,
                                                            with other coefficients on each line along the axis
"""

import numpy as np

SMALL = 1e-3  # of the largest entry: ratios of smaller ones are mostly rounding


def ratio(a, n):
    """(factor, spread) of two arrays of one shape: is a the same number times n everywhere?"""
    factor = float((a * n).sum() / (n * n).sum())                                           # (L1)
    large = np.abs(n) > SMALL * np.abs(n).max()
    ratios = a[large] / n[large]
    spread = float((ratios.max() - ratios.min()) / np.abs(np.median(ratios)))               # (L2)
    return factor, spread
