"""c is a quantile of W with its signs; it is one of the sizes.

fails at: clip(W, -c, c) (calibration:C2)
cause: signs taken along
"""

import numpy as np


def clipped(W, share):
    c = np.quantile(W, share)  # (C2)
    return np.clip(W, -c, c)
