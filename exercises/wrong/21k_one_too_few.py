"""One triplet too many is masked.

fails at: lam_i (training.adalora:F5)
cause: off by one
"""

import numpy as np


def masked(lam, S, b):
    kept = np.ones(len(lam))
    kept[np.argsort(S)[: len(S) - b + 1]] = 0
    lam = lam * kept                                    # (F5)
    return lam
