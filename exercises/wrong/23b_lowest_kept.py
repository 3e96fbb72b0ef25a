"""The lowest share is kept; low scores are the ones to go.

fails at: mask (pruning:F2)
cause: the wrong end
"""

import numpy as np


def mask(s, share=None, threshold=None):
    if threshold is not None:
        return s >= threshold                       # (F1)
    M = np.ones(s.size, dtype=bool)
    M[np.argsort(s.reshape(-1), kind="stable")[round(share * s.size) :]] = False    # (F2)
    return M.reshape(s.shape)
