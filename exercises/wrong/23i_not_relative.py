"""Neither is divided by the size of what should be there.

fails at: weight error (calibration:C4), output error (calibration:C5)
cause: a size left out
"""

import numpy as np


def errors(W, W_hat, X=None):
    weight_error = float(np.linalg.norm(W - W_hat))  # (C4)
    output_error = float(np.linalg.norm(X @ (W - W_hat).T))  # (C5)
    return weight_error, output_error
