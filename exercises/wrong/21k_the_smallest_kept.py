"""The b least important are kept and the others masked.

fails at: lam_i (training.adalora:F5)
cause: the other end
"""

import numpy as np


def masked(lam, S, b):
    kept = np.ones(len(lam))
    kept[np.argsort(S)[b:]] = 0
    lam = lam * kept                                    # (F5)
    return lam
