"""A gradient with an infinite entry is multiplied by max_norm / inf = 0, which hides it. It is left, to be told of.

fails at: g (clip:F2)
cause: not finite
"""

import math

import numpy as np


def clipped(g, max_norm):
    norm = math.sqrt(np.vdot(g, g))                         # (F1)
    with np.errstate(invalid="ignore"):
        return g * min(1, max_norm / norm)                  # (F2)
