"""Both are relative to W_hat and its outputs; they shall be to W and its own.

fails at: weight error (calibration:C4), output error (calibration:C5)
cause: the wrong whole
"""

import numpy as np


def errors(W, W_hat, X=None):
    weight_error = float(np.linalg.norm(W - W_hat) / np.linalg.norm(W_hat))  # (C4)
    output_error = float(np.linalg.norm(X @ (W - W_hat).T) / np.linalg.norm(X @ W_hat.T))  # (C5)
    return weight_error, output_error
