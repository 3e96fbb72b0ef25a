"""Where the share rounds to no entry at all, the index -0 is the smallest entry, and everything is kept.

fails at: keep (relora:F4)
cause: minus zero
"""

import numpy as np


def largest(m, share):
    size = abs(m)
    count = round(share * m.size)
    keep = size >= np.sort(size.ravel())[-count]        # (F4)
    return keep
