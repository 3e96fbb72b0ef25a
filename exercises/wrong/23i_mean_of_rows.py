"""Each row of outputs has its own ratio, and their mean is taken: rows of small outputs count as much as large ones.

fails at: output error (calibration:C5)
cause: a mean of ratios
"""

import numpy as np


def errors(W, W_hat, X=None):
    off = X @ (W - W_hat).T
    weight_error = float(np.linalg.norm(W - W_hat) / np.linalg.norm(W))  # (C4)
    output_error = float((np.linalg.norm(off, axis=1) / np.linalg.norm(X @ W.T, axis=1)).mean())  # (C5)
    return weight_error, output_error
