"""The columns are normal vectors as they are drawn. P's have length 1, theirs is about sqrt(D).

fails at: theta (projection:J2)
cause: the length left in
"""

import numpy as np


def expand(z, seed, D):
    return z @ np.random.default_rng(seed).standard_normal((len(z), D))  # (J2)
