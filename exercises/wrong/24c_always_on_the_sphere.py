"""Every move is brought to the length delta. One that is within the ball is allowed as it is, and stays.

fails at: P(r) (attacks:M5)
cause: short ones lengthened
"""

import numpy as np


def into_ball(r, delta):
    return delta * r / np.sqrt((r * r).sum(axis=tuple(range(1, r.ndim)), keepdims=True))  # (M5)
