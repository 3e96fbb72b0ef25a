"""Pooling: one vector for a sequence, for a classifier to read.

    x, dx: (N, T, C)   mask: (N, T) booleans, True for a real token   index: (N,) integers in [0, T)   y, dy: (N, C)

    mean      (F1)  y  = sum over T  mask x / n,  n = sum over T  mask
    backward  (B1)  dx = ...

    pick      (F2)  y  = x[index], one position a sequence: the first, or the last real token
    backward  (B2)  dx = ...

Exercise 09b, lesson 09: The mean over real tokens.
Write mean_pool_forward and mean_pool_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 09b       tests this file
    minilora exercise hint 09b        one hint more, each time
"""

from minilora.ops.form import wanted


def mean_pool_forward(x, mask):
    """The mean over real tokens. The cache holds mask / n, (N, T, 1). Each sequence needs a real token."""
    # (F1)  y =
    raise NotImplementedError("09b: write mean_pool_forward")


def mean_pool_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("09b: write mean_pool_backward")


def mean_pool_inputs(rng, N=3, T=5, C=7):
    mask = rng.random((N, T)) < 0.6
    mask[0, -1], mask[:, 0] = False, True
    return {"x": rng.standard_normal((N, T, C)), "mask": mask}
