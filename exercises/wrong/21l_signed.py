"""The largest values are kept, signs included. A large negative moment is a large moment.

fails at: keep (relora:F4)
cause: no absolute value
"""

import numpy as np


def largest(m, share):
    size = m
    count = max(1, round(share * m.size))
    keep = size >= np.sort(size.ravel())[-count]        # (F4)
    return keep
