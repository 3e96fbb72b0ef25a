"""The largest of each row are kept. It is the largest of the whole array.

fails at: m (relora:F5), v (relora:F6)
cause: one axis
"""

import numpy as np


def pruned(m, v, prune, share, u=None):
    size = abs(m)
    if prune == "magnitude":
        count = max(1, round(share * m.shape[1]))
        keep = size >= np.sort(size, axis=1)[:, [-count]]                               # (F4)
    else:
        keep = u < share if prune == "random" else np.zeros(m.shape, dtype=bool)        # (F4)
    m = m * keep                                                                        # (F5)
    v = v * keep                                                                        # (F6)
    return m, v
