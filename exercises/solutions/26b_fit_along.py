"""How near one array is to a multiple of another, or to a sum of multiples of others: most of the evidence is one of the two.

    a, n: the analytic gradient and the numeric one      d = a - n      K: arrays of d's shape, one or several

    (L1)  factor = sum(a n) / sum(n n)                      the number c for which c n is nearest to a
    (L2)  spread = (max(a/n) - min(a/n)) / |median(a/n)|    over the entries with |n| > 1e-3 max|n|; 0 if a = c n
    (L3)  fit    = K (K^+ d)                                along one axis: of all sums of multiples of K the nearest to d,
                                                            with other coefficients on each line along the axis
"""

import numpy as np


def fit_along(d, K, axis):
    """The nearest array to d that is, on each line along `axis`, a sum of multiples of the arrays K, (len(K), *d.shape).

    With K of ones alone it is the mean along the axis; with a second array beside them, a straight line in that array.
    """
    columns = np.moveaxis(np.moveaxis(K, 0, -1), axis % d.ndim, -2)                         # (..., size, len(K))
    lines = np.moveaxis(d, axis, -1)[..., None]                                             # (..., size, 1)
    fit = (columns @ (np.linalg.pinv(columns) @ lines))[..., 0]                             # (L3)
    return np.moveaxis(fit, -1, axis)
