"""The sum of squares is taken for the norm. Its root is missing, so the length that comes out is max_norm / norm.

fails at: g (clip:F2)
cause: the root left out
"""

import math

import numpy as np


def clipped(g, max_norm):
    norm = np.vdot(g, g)                                    # (F1)
    return g * (max_norm / norm if max_norm < norm < math.inf else 1)   # (F2)
