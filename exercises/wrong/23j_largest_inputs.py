"""s comes from the largest |x_j| instead of the mean, so a single outlier decides over its column.

fails at: the best W_hat (calibration:C3)
cause: a maximum for a mean
"""

import numpy as np

from minilora.compress.calibration import EXPONENTS, _rounded, errors, scaled


def activation_aware(W, bits, X, block="row"):
    m = abs(X).max(axis=0)
    m = np.maximum(m, m[m > 0].min())
    best = _rounded(W, bits, block)                     # (C1)
    least = errors(W, best, X)[1]
    for a in EXPONENTS:
        W_hat = scaled(W, m**a, bits, block)            # (C3)
        error = errors(W, W_hat, X)[1]
        if error < least:
            best, least = W_hat, error
    return best
