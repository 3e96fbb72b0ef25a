"""b triplets are masked. b is how many are left.

fails at: lam_i (training.adalora:F5)
cause: the complement
"""

import numpy as np


def masked(lam, S, b):
    kept = np.ones(len(lam))
    kept[np.argsort(S)[:b]] = 0
    lam = lam * kept                                    # (F5)
    return lam
