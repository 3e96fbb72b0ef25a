"""The counts are divided by the length of the text, without what each count started at: P sums to more than 1.

fails at: P (ngrams:F1)
cause: no distribution
"""

import numpy as np


def unigram(ids, n_vocab, c=1.0):
    counts = c + np.bincount(ids, minlength=n_vocab)
    P = counts / len(ids)                           # (F1)
    return P
