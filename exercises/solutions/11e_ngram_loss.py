"""What counting alone knows of a text: the losses that a language model has to beat.

    ids: the text that is counted, (length,)   V: size of the vocabulary   c: what each count starts at, > 0

    unigram  (F1)  P = (c + how often i occurs) / sum over i                        (V,)
    bigram   (F2)  P = (c + how often j follows i) / sum over j                     (V, V)
    loss     (F3)  L = mean over t  -log P(ids_t+1 | ids_t)                         nats a token

With c = 0 an event that was never seen would have probability 0, and the first such event in another text an infinite loss.
"""

import numpy as np


def ngram_loss(P, ids):
    """The mean loss in nats that P, of `unigram` or `bigram`, has on a text: on each of its tokens but the first."""
    likely = P[ids[1:]] if P.ndim == 1 else P[ids[:-1], ids[1:]]
    L = -np.log(likely).mean()                                          # (F3)
    return L
