"""Pooling: one vector for a sequence, for a classifier to read.

    x, dx: (N, T, C)   mask: (N, T) booleans, True for a real token   index: (N,) integers in [0, T)   y, dy: (N, C)

    mean      (F1)  y  = sum over T  mask x / n,  n = sum over T  mask
    backward  (B1)  dx = mask dy / n

    pick      (F2)  y  = x[index], one position a sequence: the first, or the last real token
    backward  (B2)  dx = dy at that position, 0 elsewhere
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def pick_forward(x, index):
    """The vector at one position. The cache holds index and the shape of x."""
    rows = get_array_module(x).arange(len(x))
    return x[rows, index], (index, x.shape)             # (F2)


def pick_backward(dy, cache, needs=None):
    """The gradient dx."""
    index, shape = cache
    if not wanted(needs, "x"):
        return (None,)
    xp = get_array_module(dy)
    dx = xp.zeros(shape, dtype=dy.dtype)
    dx[xp.arange(len(dy)), index] = dy                  # (B2)
    return (dx,)


def pick_inputs(rng, N=3, T=5, C=7):
    return {"x": rng.standard_normal((N, T, C)), "index": rng.integers(0, T, N)}
