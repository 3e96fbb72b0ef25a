"""Each element is cut at max_norm. That turns the gradient; the norm of all elements gives one factor for all.

fails at: g (clip:F2)
cause: element by element
"""

import numpy as np


def clipped(g, max_norm):
    if not np.isfinite(g).all():
        return g
    return np.clip(g, -max_norm, max_norm)                  # (F2)
