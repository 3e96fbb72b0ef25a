"""The least error of the weights decides, and that is nearly always the plain rounding; the outputs are to decide.

fails at: the best W_hat (calibration:C3)
cause: the wrong error
"""

import numpy as np

from minilora.compress.calibration import EXPONENTS, _rounded, errors, scaled


def activation_aware(W, bits, X, block="row"):
    m = abs(X).mean(axis=0)
    m = np.maximum(m, m[m > 0].min())
    best = _rounded(W, bits, block)                     # (C1)
    least = errors(W, best, X)[0]
    for a in EXPONENTS:
        W_hat = scaled(W, m**a, bits, block)            # (C3)
        error = errors(W, W_hat, X)[0]
        if error < least:
            best, least = W_hat, error
    return best
