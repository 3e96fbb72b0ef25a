"""Row and column have changed places: P[i, j] is to be j after i, so the token that stands first is the row.

fails at: P (ngrams:F2)
cause: turned over
"""

import numpy as np


def bigram(ids, n_vocab, c=1.0):
    counts = np.full((n_vocab, n_vocab), c)
    np.add.at(counts, (ids[1:], ids[:-1]), 1)
    P = counts / counts.sum(axis=1, keepdims=True)          # (F2)
    return P
