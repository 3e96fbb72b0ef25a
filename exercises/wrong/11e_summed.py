"""The losses are summed. A loss a token does not grow with the length of the text.

fails at: L (ngrams:F3)
cause: summed
"""

import numpy as np


def ngram_loss(P, ids):
    likely = P[ids[1:]] if P.ndim == 1 else P[ids[:-1], ids[1:]]
    L = -np.log(likely).sum()                           # (F3)
    return L
