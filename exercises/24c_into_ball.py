"""Attacks: a small move of each input vector, or embedding, that makes a model's loss large.

    x: (N, ...), what is moved, one row for each example   g = dL/dx   norm: over all of an example   delta: how far

    random  (M1)  r = delta u / norm(u),  u normal                   (M2) with u in the place of g
    FGM     (M2)  r = delta g / norm(g)                              Miyato, Dai & Goodfellow 2017, arXiv 1605.07725
    PGD     (M3)  r = P(r + step g(x + r) / norm(g)),  some times    Madry et al. 2018, arXiv 1706.06083
            (M5)  P(r) = ...

    of a text of T tokens (M4)  delta = eps sqrt(T) mean norm of an embedding

so that by M4 a token moves by about the share eps of an embedding's length, whatever the model and the text.

Exercise 24c, lesson 24: Back into the ball.
Write into_ball. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 24c       tests this file
    minilora exercise hint 24c        one hint more, each time
"""

from minilora import backend


def into_ball(r, delta):
    """P(r), of r's shape (N, ...): the nearest move to each example's that is no longer than delta, a number."""
    # (M5)  P(r) =
    raise NotImplementedError("24c: write into_ball")


def norms(x):
    """The length of each example, above 0, with as many axes as x."""
    xp = backend.get_array_module(x)
    return xp.maximum(xp.sqrt((x * x).sum(axis=tuple(range(1, x.ndim)), keepdims=True)), 1e-30)
