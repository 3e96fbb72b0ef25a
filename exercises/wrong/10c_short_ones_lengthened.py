"""Every gradient gets the length max_norm. A short one is left as it is: the factor is at most 1.

fails at: g (clip:F2)
cause: the minimum left out
"""

import math

import numpy as np


def clipped(g, max_norm):
    norm = math.sqrt(np.vdot(g, g))                         # (F1)
    return g * (max_norm / norm if norm < math.inf else 1)  # (F2)
