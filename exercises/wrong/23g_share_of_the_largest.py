"""c is a share of the largest weight, so one far outlier leaves everything as it is; share counts weights.

fails at: clip(W, -c, c) (calibration:C2)
cause: a share of a size for one of a number
"""

import numpy as np


def clipped(W, share):
    c = share * abs(W).max()  # (C2)
    return np.clip(W, -c, c)
