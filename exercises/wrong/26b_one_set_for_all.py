"""All lines share their coefficients. A mean that is not subtracted is another number on each row.

fails at: fit (fitting:L3)
cause: one set of coefficients
"""

import numpy as np


def fit_along(d, K, axis):
    flat = K.reshape(len(K), -1).T
    fit = flat @ (np.linalg.pinv(flat) @ d.ravel())             # (L3)
    return fit.reshape(d.shape)
