"""np.linalg.norm(..., 2) of a matrix is its largest singular value; the norm here is Frobenius's, over all entries.

fails at: weight error (calibration:C4), output error (calibration:C5)
cause: another norm
"""

import numpy as np


def errors(W, W_hat, X=None):
    weight_error = float(np.linalg.norm(W - W_hat, 2) / np.linalg.norm(W, 2))  # (C4)
    output_error = float(np.linalg.norm(X @ (W - W_hat).T, 2) / np.linalg.norm(X @ W.T, 2))  # (C5)
    return weight_error, output_error
