"""Each row keeps its share; the budget is for all scores together.

fails at: mask (pruning:F2)
cause: row by row
"""

import numpy as np


def mask(s, share=None, threshold=None):
    if threshold is not None:
        return s >= threshold                       # (F1)
    places = np.argsort(s, axis=1, kind="stable")[:, s.shape[1] - round(share * s.shape[1]) :]
    M = np.zeros(s.shape, dtype=bool)
    np.put_along_axis(M, places, True, axis=1)      # (F2)
    return M
