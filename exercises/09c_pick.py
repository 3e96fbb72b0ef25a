"""Pooling: one vector for a sequence, for a classifier to read.

    x, dx: (N, T, C)   mask: (N, T) booleans, True for a real token   index: (N,) integers in [0, T)   y, dy: (N, C)

    mean      (F1)  y  = sum over T  mask x / n,  n = sum over T  mask
    backward  (B1)  dx = ...

    pick      (F2)  y  = x[index], one position a sequence: the first, or the last real token
    backward  (B2)  dx = ...

Exercise 09c, lesson 09: One position of each sequence.
Write pick_forward and pick_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 09c       tests this file
    minilora exercise hint 09c        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def pick_forward(x, index):
    """The vector at one position. The cache holds index and the shape of x."""
    # (F2)  y =
    raise NotImplementedError("09c: write pick_forward")


def pick_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B2)  dx =
    raise NotImplementedError("09c: write pick_backward")


def pick_inputs(rng, N=3, T=5, C=7):
    return {"x": rng.standard_normal((N, T, C)), "index": rng.integers(0, T, N)}
