"""It is the weights' error: what goes through them is not asked.

fails at: output error (calibration:C5)
cause: X left out
"""

import numpy as np


def output_error(X, W, W_hat):
    return float(np.linalg.norm(W - W_hat) / np.linalg.norm(W))  # (C5)
