"""Attacks: a small move of each input vector, or embedding, that makes a model's loss large.

    x: (N, ...), what is moved, one row for each example   g = dL/dx   norm: over all of an example   delta: how far

    random  (M1)  r = ...
    FGM     (M2)  r = ...
    PGD     (M3)  r = P(r + step g(x + r) / norm(g)),  some times    Madry et al. 2018, arXiv 1706.06083
            (M5)  P(r) = r min(1, delta / norm(r)),  so that no example moves further than delta

    of a text of T tokens (M4)  delta = eps sqrt(T) mean norm of an embedding

so that by M4 a token moves by about the share eps of an embedding's length, whatever the model and the text.

Exercise 24b, lesson 24: The step of an attack.
Write along. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 24b       tests this file
    minilora exercise hint 24b        one hint more, each time
"""

from minilora import backend


def along(g, delta):
    """r, of g's shape (N, ...): each example of g at the length delta, a number; one that is all zeros stays so."""
    # (M2)  r =
    # (M1)  r =
    raise NotImplementedError("24b: write along")
