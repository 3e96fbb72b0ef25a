"""Each row has its own ratio, and their mean is taken: rows of small outputs count as much as large ones.

fails at: output error (calibration:C5)
cause: a mean of ratios
"""

import numpy as np


def output_error(X, W, W_hat):
    off, whole = X @ (W - W_hat).T, X @ W.T
    return float((np.linalg.norm(off, axis=1) / np.linalg.norm(whole, axis=1)).mean())  # (C5)
