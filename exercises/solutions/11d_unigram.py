"""What counting alone knows of a text: the losses that a language model has to beat.

    ids: the text that is counted, (length,)   V: size of the vocabulary   c: what each count starts at, > 0

    unigram  (F1)  P = (c + how often i occurs) / sum over i                        (V,)
    bigram   (F2)  P = (c + how often j follows i) / sum over j                     (V, V)
    loss     (F3)  L = mean over t  -log P(ids_t+1 | ids_t)                         nats a token

With c = 0 an event that was never seen would have probability 0, and the first such event in another text an infinite loss.
"""

import numpy as np


def unigram(ids, n_vocab, c=1.0):
    """How likely each token is, whatever stands before it: P (V,)."""
    counts = c + np.bincount(ids, minlength=n_vocab)
    P = counts / counts.sum()                                           # (F1)
    return P
