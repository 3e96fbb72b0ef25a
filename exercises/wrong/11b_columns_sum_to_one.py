"""The columns are made to sum to 1: that is how likely what stood before is. Given the first token, the next ones share a row.

fails at: P (ngrams:F2)
cause: the wrong axis
"""

import numpy as np


def bigram(ids, n_vocab, c=1.0):
    counts = np.full((n_vocab, n_vocab), c)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    P = counts / counts.sum(axis=0, keepdims=True)          # (F2)
    return P
