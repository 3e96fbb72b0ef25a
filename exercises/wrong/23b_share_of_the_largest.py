"""The scores above a share of the largest stay. That is a threshold: how many stay, it does not say.

fails at: mask (pruning:F2)
cause: a threshold for a budget
"""

import numpy as np


def mask(s, share=None, threshold=None):
    if threshold is not None:
        return s >= threshold                       # (F1)
    M = s >= (1 - share) * s.max()                  # (F2)
    return M
