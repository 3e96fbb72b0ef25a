"""The triplets with the smallest lam go. S decides: a small lam may matter much.

fails at: lam_i (training.adalora:F5)
cause: another measure
"""

import numpy as np


def masked(lam, S, b):
    kept = np.ones(len(lam))
    kept[np.argsort(abs(lam))[: len(S) - b]] = 0
    lam = lam * kept                                    # (F5)
    return lam
