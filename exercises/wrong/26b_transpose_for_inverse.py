"""K K^T stands where K K^+ is due. The two agree only if the columns of K are orthonormal.

fails at: fit (fitting:L3)
cause: no pseudo-inverse
"""

import numpy as np


def fit_along(d, K, axis):
    columns = np.moveaxis(np.moveaxis(K, 0, -1), axis, -2)
    lines = np.moveaxis(d, axis, -1)[..., None]
    fit = (columns @ (columns.swapaxes(-1, -2) @ lines))[..., 0]         # (L3)
    return np.moveaxis(fit, -1, axis)
