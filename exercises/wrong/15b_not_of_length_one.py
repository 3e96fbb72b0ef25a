"""The columns are normal vectors as they are drawn. P's have length 1, theirs is about sqrt(D).

fails at: dz (projection:J3)
cause: the length left in
"""

import numpy as np


def reduce(g, seed, d):
    return np.random.default_rng(seed).standard_normal((d, len(g))) @ g  # (J3)
