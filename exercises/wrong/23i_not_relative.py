"""It is not divided by the size of the outputs.

fails at: output error (calibration:C5)
cause: a size left out
"""

import numpy as np


def output_error(X, W, W_hat):
    return float(np.linalg.norm(X @ (W - W_hat).T))  # (C5)
