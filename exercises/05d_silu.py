"""SiLU, also called swish (Elfwing, Uchibe and Doya 2018, arXiv 1702.03118).

    x, y, dy: any shape

    forward   (F1)  sigma = 1 / (1 + exp(-x))
              (F2)  y     = x sigma
    backward  (B1)  dx    = ...

Exercise 05d, lesson 05: SiLU, forward and backward.
Write silu_forward and silu_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 05d       tests this file
    minilora exercise hint 05d        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def sigmoid(x):
    """1 / (1 + exp(-x)), written as (1 + tanh(x / 2)) / 2, which cannot overflow."""
    return 0.5 * (1 + get_array_module(x).tanh(0.5 * x))


def silu_forward(x):
    """y = x sigmoid(x). The cache holds x and sigma."""
    # (F1)  sigma =
    # (F2)  y =
    raise NotImplementedError("05d: write silu_forward")


def silu_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("05d: write silu_backward")


def silu_inputs(rng, N=2, T=3, C=5):
    return {"x": rng.standard_normal((N, T, C))}
