"""Where the share rounds to no entry at all, the index -0 is the smallest entry, and everything is kept.

fails at: m (relora:F5), v (relora:F6)
cause: minus zero
"""

import numpy as np


def pruned(m, v, prune, share, u=None):
    size = abs(m)
    if prune == "magnitude":
        count = round(share * m.size)
        keep = size >= np.sort(size.ravel())[-count]                                    # (F4)
    else:
        keep = u < share if prune == "random" else np.zeros(m.shape, dtype=bool)        # (F4)
    m = m * keep                                                                        # (F5)
    v = v * keep                                                                        # (F6)
    return m, v
