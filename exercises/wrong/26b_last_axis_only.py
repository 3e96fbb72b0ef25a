"""The axis is ignored: the fit runs along the last one, whatever was asked for.

fails at: fit (fitting:L3)
cause: the wrong axis
"""

import numpy as np


def fit_along(d, K, axis):
    columns = np.moveaxis(K, 0, -1)
    lines = d[..., None]
    fit = (columns @ (np.linalg.pinv(columns) @ lines))[..., 0]         # (L3)
    return fit
