"""Entries above a share of the largest are kept. The share is one of their number.

fails at: m (relora:F5), v (relora:F6)
cause: share of what
"""

import numpy as np


def pruned(m, v, prune, share, u=None):
    size = abs(m)
    if prune == "magnitude":
        keep = size >= share * size.max()                                               # (F4)
    else:
        keep = u < share if prune == "random" else np.zeros(m.shape, dtype=bool)        # (F4)
    m = m * keep                                                                        # (F5)
    v = v * keep                                                                        # (F6)
    return m, v
