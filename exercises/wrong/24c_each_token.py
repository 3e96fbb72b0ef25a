"""Each token has a ball of its own. The length is that of the whole example.

fails at: P(r) (attacks:M5)
cause: the norm of the last axis
"""

import numpy as np


def into_ball(r, delta):
    return r * np.minimum(1, delta / np.sqrt((r * r).sum(axis=-1, keepdims=True)))  # (M5)
