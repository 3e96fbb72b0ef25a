"""x[ids] += 1 adds once to each token that occurs, however often it does.

fails at: P (ngrams:F1)
cause: counted once
"""

import numpy as np


def unigram(ids, n_vocab, c=1.0):
    counts = np.full(n_vocab, c)
    counts[ids] += 1
    P = counts / counts.sum()                           # (F1)
    return P
