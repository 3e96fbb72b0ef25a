"""a = 0 is not among the candidates. Where no s helps, plain rounding is best.

fails at: the best W_hat (calibration:C3)
cause: a candidate left out
"""

import numpy as np

from minilora.compress.calibration import EXPONENTS, errors, scaled


def activation_aware(W, bits, X, block="row"):
    m = abs(X).mean(axis=0)
    m = np.maximum(m, m[m > 0].min())
    best = None                     # (C1)
    least = np.inf
    for a in EXPONENTS:
        W_hat = scaled(W, m**a, bits, block)            # (C3)
        error = errors(W, W_hat, X)[1]
        if error < least or best is None:
            best, least = W_hat, error
    return best
