"""The logarithm has base 2: bits, and not nats.

fails at: L (ngrams:F3)
cause: another unit
"""

import numpy as np


def ngram_loss(P, ids):
    likely = P[ids[1:]] if P.ndim == 1 else P[ids[:-1], ids[1:]]
    L = -np.log2(likely).mean()                           # (F3)
    return L
