"""Large weights become zero. They are to become c, with their sign: clipping is not pruning.

fails at: clip(W, -c, c) (calibration:C2)
cause: removed for cut down
"""

import numpy as np


def clipped(W, share):
    c = np.quantile(abs(W), share)  # (C2)
    return np.where(abs(W) > c, 0, W)
