"""The logarithm of the mean is taken, not the mean of the logarithms: one impossible token would hardly cost anything.

fails at: L (ngrams:F3)
cause: the wrong order
"""

import numpy as np


def ngram_loss(P, ids):
    likely = P[ids[1:]] if P.ndim == 1 else P[ids[:-1], ids[1:]]
    L = -np.log(likely.mean())                           # (F3)
    return L
