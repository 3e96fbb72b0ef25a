"""The longest move of the batch decides for all. Each example has its own factor.

fails at: P(r) (attacks:M5)
cause: one factor for all
"""

import numpy as np


def into_ball(r, delta):
    lengths = np.sqrt((r * r).sum(axis=tuple(range(1, r.ndim))))
    return r * min(1, delta / lengths.max())  # (M5)
