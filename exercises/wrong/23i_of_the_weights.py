"""The weights' error is given twice: what goes through them is not asked.

fails at: output error (calibration:C5)
cause: X left out
"""

import numpy as np


def errors(W, W_hat, X=None):
    weight_error = float(np.linalg.norm(W - W_hat) / np.linalg.norm(W))  # (C4)
    output_error = float(np.linalg.norm(W - W_hat) / np.linalg.norm(W))  # (C5)
    return weight_error, output_error
