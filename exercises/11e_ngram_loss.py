"""What counting alone knows of a text: the losses that a language model has to beat.

    ids: the text that is counted, (length,)   V: size of the vocabulary   c: what each count starts at, > 0

    unigram  (F1)  P = (c + how often i occurs) / sum over i                        (V,)
    bigram   (F2)  P = (c + how often j follows i) / sum over j                     (V, V)
    loss     (F3)  L = ...

With c = 0 an event that was never seen would have probability 0, and the first such event in another text an infinite loss.

Exercise 11e, lesson 11: What a table of counts loses on a text.
Write ngram_loss. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 11e       tests this file
    minilora exercise hint 11e        one hint more, each time
"""

import numpy as np


def ngram_loss(P, ids):
    """The mean loss in nats that P, of `unigram` or `bigram`, has on a text: on each of its tokens but the first."""
    # (F3)  L =
    raise NotImplementedError("11e: write ngram_loss")
