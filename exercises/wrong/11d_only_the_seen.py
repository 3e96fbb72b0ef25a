"""The counts end with the largest id that occurs. Tokens behind it have no probability, not even a small one.

fails at: P (ngrams:F1)
cause: the wrong shape
"""

import numpy as np


def unigram(ids, n_vocab, c=1.0):
    counts = c + np.bincount(ids)
    P = counts / counts.sum()                           # (F1)
    return P
