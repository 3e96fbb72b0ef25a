"""Attacks: a small move of each input vector, or embedding, that makes a model's loss large.

    x: (N, ...), what is moved, one row for each example   g = dL/dx   norm: over all of an example   delta: how far

    random  (M1)  r = delta u / norm(u),  u normal                   (M2) with u in the place of g
    FGM     (M2)  r = delta g / norm(g)                              Miyato, Dai & Goodfellow 2017, arXiv 1605.07725
    PGD     (M3)  r = P(r + step g(x + r) / norm(g)),  some times    Madry et al. 2018, arXiv 1706.06083
            (M5)  P(r) = r min(1, delta / norm(r)),  so that no example moves further than delta

    of a text of T tokens (M4)  delta = eps sqrt(T) mean norm of an embedding

so that by M4 a token moves by about the share eps of an embedding's length, whatever the model and the text.
"""

from minilora import backend


def along(g, delta):
    """r, of g's shape (N, ...): each example of g at the length delta, a number; one that is all zeros stays so."""
    xp = backend.get_array_module(g)
    length = xp.sqrt((g * g).sum(axis=tuple(range(1, g.ndim)), keepdims=True))
    return delta * (g / xp.maximum(length, 1e-30))  # (M2), of a normal g (M1)


def climb(r, g, step, delta):
    """r after a step of this length along g, the gradient at x + r, and back into the ball of radius delta where it left it."""
    return into_ball(r + along(g, step), delta)  # (M3)


def into_ball(r, delta):
    """P(r), of r's shape (N, ...): the nearest move to each example's that is no longer than delta, a number."""
    return r * backend.get_array_module(r).minimum(1, delta / norms(r))  # (M5)


def norms(x):
    """The length of each example, above 0, with as many axes as x."""
    xp = backend.get_array_module(x)
    return xp.maximum(xp.sqrt((x * x).sum(axis=tuple(range(1, x.ndim)), keepdims=True)), 1e-30)
