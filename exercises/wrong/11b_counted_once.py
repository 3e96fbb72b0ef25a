"""counts[a, b] += 1 with repeated pairs adds 1 once, as all indexed additions in NumPy do; np.add.at adds as often as they occur.

fails at: P (ngrams:F2)
cause: repeats lost
"""

import numpy as np


def bigram(ids, n_vocab, c=1.0):
    counts = np.full((n_vocab, n_vocab), c)
    counts[ids[:-1], ids[1:]] += 1
    P = counts / counts.sum(axis=1, keepdims=True)          # (F2)
    return P
