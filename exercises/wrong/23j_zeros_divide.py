"""An input that is always 0 gives s = 0 for its column, and the column is divided by it.

fails at: the best W_hat (calibration:C3)
cause: division by zero
"""

import numpy as np

from minilora.compress.calibration import EXPONENTS, _rounded, errors, scaled


def activation_aware(W, bits, X, block="row"):
    m = abs(X).mean(axis=0)
    best = _rounded(W, bits, block)                     # (C1)
    least = errors(W, best, X)[1]
    for a in EXPONENTS:
        W_hat = scaled(W, m**a, bits, block)            # (C3)
        error = errors(W, W_hat, X)[1]
        if error < least:
            best, least = W_hat, error
    return best
