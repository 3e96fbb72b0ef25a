"""A u that equals a sum draws the place before. Each interval has its beginning and not its end, as [0, 1) has.

fails at: j (generation:F5)
cause: off by one at the edge
"""

import numpy as np


def drawn(P, u):
    cumulative = np.cumsum(P, axis=-1)
    j = (cumulative < u * cumulative[:, -1:]).sum(axis=-1)                 # (F5)
    return j
