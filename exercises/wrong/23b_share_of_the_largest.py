"""The scores above a share of the largest stay. That is a threshold: how many stay, it does not say.

fails at: M (pruning:F2)
cause: a threshold for a budget
"""

import numpy as np


def budget_mask(s, share):
    M = s >= (1 - share) * s.max()                  # (F2)
    return M
