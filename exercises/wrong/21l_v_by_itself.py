"""v keeps its own largest. Where m stays and v does not, the next step is divided by almost nothing.

fails at: v (relora:F6)
cause: different places
"""

import numpy as np


def pruned(m, v, prune, share, u=None):
    size = abs(m)
    if prune == "magnitude":
        count = max(1, round(share * m.size))
        keep = size >= np.sort(size.ravel())[-count]                                    # (F4)
    else:
        keep = u < share if prune == "random" else np.zeros(m.shape, dtype=bool)        # (F4)
    m = m * keep                                                                        # (F5)
    if prune == "magnitude":
        keep = v >= np.sort(v.ravel())[-count]
    v = v * keep                                                                        # (F6)
    return m, v
