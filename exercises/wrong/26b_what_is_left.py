"""The rest is returned, d without its fit. It is the fit that is asked for.

fails at: fit (fitting:L3)
cause: the other part
"""

import numpy as np


def fit_along(d, K, axis):
    columns = np.moveaxis(np.moveaxis(K, 0, -1), axis, -2)
    lines = np.moveaxis(d, axis, -1)[..., None]
    fit = (columns @ (np.linalg.pinv(columns) @ lines))[..., 0]         # (L3)
    return d - np.moveaxis(fit, -1, axis)
