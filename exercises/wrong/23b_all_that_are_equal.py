"""All scores as high as the last one kept stay, too: where scores are equal more stay than the budget has.

fails at: mask (pruning:F2)
cause: ties not broken
"""

import numpy as np


def mask(s, share=None, threshold=None):
    if threshold is not None:
        return s >= threshold                       # (F1)
    count = round(share * s.size)
    least = np.sort(s.reshape(-1))[s.size - count] if count else np.inf
    M = s >= least                                  # (F2)
    return M
