"""Only large positive weights are cut; negative ones are as large.

fails at: clip(W, -c, c) (calibration:C2)
cause: one side left out
"""

import numpy as np


def clipped(W, share):
    c = np.quantile(abs(W), share)  # (C2)
    return np.minimum(W, c)
