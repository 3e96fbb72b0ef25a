"""One is taken off, as if places were counted from 1: the likeliest is drawn too often, or place -1.

fails at: j (generation:F5)
cause: off by one
"""

import numpy as np


def drawn(P, u):
    cumulative = np.cumsum(P, axis=-1)
    j = (cumulative <= u * cumulative[:, -1:]).sum(axis=-1) - 1                 # (F5)
    return j
