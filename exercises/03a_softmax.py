"""Softmax over the last axis.

    x, P, dP: (..., V)

    forward   (F1)  E  = exp(x - max(x))
              (F2)  P  = E / sum(E)
    backward  (B1)  dx = ...

Subtracting the maximum changes nothing in P and keeps exp from overflowing. Every dx sums to zero over the axis,
because P does not change when a constant is added to x.

Exercise 03a, lesson 03: Softmax, forward and backward.
Write softmax_forward and softmax_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 03a       tests this file
    minilora exercise hint 03a        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def softmax_forward(x):
    """P = softmax(x). The cache holds P."""
    # (F1)  E =
    # (F2)  P =
    raise NotImplementedError("03a: write softmax_forward")


def softmax_backward(dP, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("03a: write softmax_backward")


def softmax_inputs(rng, N=2, T=3, V=5):
    return {"x": rng.standard_normal((N, T, V))}
