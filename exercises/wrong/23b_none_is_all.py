"""The last `count` places are taken as [-count:], which for a count of 0 is all of them.

fails at: mask (pruning:F2)
cause: minus zero is zero
"""

import numpy as np


def mask(s, share=None, threshold=None):
    if threshold is not None:
        return s >= threshold                       # (F1)
    M = np.zeros(s.size, dtype=bool)
    M[np.argsort(s.reshape(-1), kind="stable")[-round(share * s.size) :]] = True    # (F2)
    return M.reshape(s.shape)
