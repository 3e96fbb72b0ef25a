"""Row and column are exchanged: the loss of what stood before a token, given the token.

fails at: L (ngrams:F3)
cause: row and column exchanged
"""

import numpy as np


def ngram_loss(P, ids):
    likely = P[ids[1:]] if P.ndim == 1 else P[ids[1:], ids[:-1]]
    L = -np.log(likely).mean()                           # (F3)
    return L
