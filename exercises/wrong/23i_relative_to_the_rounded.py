"""It is relative to the outputs of W_hat; it shall be to those of W.

fails at: output error (calibration:C5)
cause: the wrong whole
"""

import numpy as np


def output_error(X, W, W_hat):
    return float(np.linalg.norm(X @ (W - W_hat).T) / np.linalg.norm(X @ W_hat.T))  # (C5)
