"""The counts are divided by the number of all pairs. That is how likely a pair is, not the second token once the first is known.

fails at: P (ngrams:F2)
cause: joint for conditional
"""

import numpy as np


def bigram(ids, n_vocab, c=1.0):
    counts = np.full((n_vocab, n_vocab), c)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    P = counts / counts.sum()          # (F2)
    return P
