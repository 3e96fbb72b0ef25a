"""The largest of each row are kept. It is the largest of the whole array.

fails at: keep (relora:F4)
cause: one axis
"""

import numpy as np


def largest(m, share):
    size = abs(m)
    count = max(1, round(share * m.shape[1]))
    keep = size >= np.sort(size, axis=1)[:, [-count]]   # (F4)
    return keep
