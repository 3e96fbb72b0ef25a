"""Dropout, inverted: what is kept is scaled up, so that nothing changes at evaluation.

    x, y, dy: any shape   keep: booleans of that shape, True with probability 1 - p   p: in [0, 1)

    forward   (F1)  y  = x keep / (1 - p)
    backward  (B1)  dx = ...

Exercise 09a, lesson 09: Dropout, forward and backward.
Write dropout_forward and dropout_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 09a       tests this file
    minilora exercise hint 09a        one hint more, each time
"""

from minilora.ops.form import wanted


def dropout_forward(x, keep, p):
    """y = x keep / (1 - p). The cache holds keep and p. The mask is an input, so the op itself is not random."""
    # (F1)  y =
    raise NotImplementedError("09a: write dropout_forward")


def dropout_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("09a: write dropout_backward")


def dropout_inputs(rng, N=2, T=3, C=5, p=0.3):
    keep = rng.random((N, T, C)) >= p
    keep[0, 0, -1], keep[0, 0, 0] = False, True         # both values occur
    return {"x": rng.standard_normal((N, T, C)), "keep": keep}
