"""Dropout, inverted: what is kept is scaled up, so that nothing changes at evaluation.

    x, y, dy: any shape   keep: booleans of that shape, True with probability 1 - p   p: in [0, 1)

    forward   (F1)  y  = x keep / (1 - p)
    backward  (B1)  dx = dy keep / (1 - p), the same keep
"""

from minilora.ops.form import wanted


def dropout_forward(x, keep, p):
    """y = x keep / (1 - p). The cache holds keep and p. The mask is an input, so the op itself is not random."""
    y = x * keep * (1 / (1 - p))                        # (F1)
    return y, (keep, p)


def dropout_backward(dy, cache, needs=None):
    """The gradient dx."""
    keep, p = cache
    return (dy * keep * (1 / (1 - p)) if wanted(needs, "x") else None,)     # (B1)


def dropout_inputs(rng, N=2, T=3, C=5, p=0.3):
    keep = rng.random((N, T, C)) >= p
    keep[0, 0, -1], keep[0, 0, 0] = False, True         # both values occur
    return {"x": rng.standard_normal((N, T, C)), "keep": keep}
