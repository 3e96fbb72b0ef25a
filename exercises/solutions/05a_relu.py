"""ReLU.

    x, y, dy: any shape

    forward   (F1)  y  = max(x, 0)
    backward  (B1)  dx = dy where x > 0, else 0
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def relu_forward(x):
    """y = max(x, 0). The cache holds the mask x > 0. At the kink x = 0 the derivative is taken as 0."""
    y = get_array_module(x).maximum(x, 0)               # (F1)
    return y, (x > 0,)


def relu_backward(dy, cache, needs=None):
    """The gradient dx."""
    (positive,) = cache
    return (dy * positive if wanted(needs, "x") else None,)     # (B1)


def relu_inputs(rng, N=3, T=5, C=7):
    return {"x": rng.standard_normal((N, T, C))}
