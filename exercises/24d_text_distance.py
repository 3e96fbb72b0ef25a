"""Attacks: a small move of each input vector, or embedding, that makes a model's loss large.

    x: (N, ...), what is moved, one row for each example   g = dL/dx   norm: over all of an example   delta: how far

    random  (M1)  r = delta u / norm(u),  u normal                   (M2) with u in the place of g
    FGM     (M2)  r = delta g / norm(g)                              Miyato, Dai & Goodfellow 2017, arXiv 1605.07725
    PGD     (M3)  r = P(r + step g(x + r) / norm(g)),  some times    Madry et al. 2018, arXiv 1706.06083
            (M5)  P(r) = r min(1, delta / norm(r)),  so that no example moves further than delta

    of a text of T tokens (M4)  delta = ...

so that by M4 a token moves by about the share eps of an embedding's length, whatever the model and the text.

Exercise 24d, lesson 24: How far a text may move.
Write text_distance. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 24d       tests this file
    minilora exercise hint 24d        one hint more, each time
"""

import math

from minilora import backend


def norms(x):
    """The length of each example, above 0, with as many axes as x."""
    xp = backend.get_array_module(x)
    return xp.maximum(xp.sqrt((x * x).sum(axis=tuple(range(1, x.ndim)), keepdims=True)), 1e-30)


def text_distance(table, T, eps):
    """delta for a text of T tokens, a Python float. table: (V, C), the embeddings. eps: of its length, what a token moves."""
    # (M4)  delta =
    raise NotImplementedError("24d: write text_distance")
