"""The largest values are kept, signs included. A large negative moment is a large moment.

fails at: m (relora:F5), v (relora:F6)
cause: no absolute value
"""

import numpy as np


def pruned(m, v, prune, share, u=None):
    size = m
    if prune == "magnitude":
        count = max(1, round(share * m.size))
        keep = size >= np.sort(size.ravel())[-count]                                    # (F4)
    else:
        keep = u < share if prune == "random" else np.zeros(m.shape, dtype=bool)        # (F4)
    m = m * keep                                                                        # (F5)
    v = v * keep                                                                        # (F6)
    return m, v
