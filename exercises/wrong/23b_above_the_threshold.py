"""A score that equals the threshold goes; only lower ones do.

fails at: mask (pruning:F2)
cause: more than for at least
"""

import numpy as np


def mask(s, share=None, threshold=None):
    if threshold is not None:
        return s > threshold                        # (F1)
    M = np.zeros(s.size, dtype=bool)
    M[np.argsort(s.reshape(-1), kind="stable")[s.size - round(share * s.size) :]] = True    # (F2)
    return M.reshape(s.shape)
