"""What counting alone knows of a text: the losses that a language model has to beat.

    ids: the text that is counted, (length,)   V: size of the vocabulary   c: what each count starts at, > 0

    unigram  (F1)  P = (c + how often i occurs) / sum over i                        (V,)
    bigram   (F2)  P = ...                     (V, V)
    loss     (F3)  L = mean over t  -log P(ids_t+1 | ids_t)                         nats a token

With c = 0 an event that was never seen would have probability 0, and the first such event in another text an infinite loss.

Exercise 11b, lesson 11: The bigram model, by counting.
Write bigram. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 11b       tests this file
    minilora exercise hint 11b        one hint more, each time
"""

import numpy as np


def bigram(ids, n_vocab, c=1.0):
    """How likely each token (column) is after each token (row): P (V, V), each row a distribution."""
    # (F2)  P =
    raise NotImplementedError("11b: write bigram")
