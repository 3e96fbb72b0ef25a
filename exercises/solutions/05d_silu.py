"""SiLU, also called swish (Elfwing, Uchibe and Doya 2018, arXiv 1702.03118).

    x, y, dy: any shape

    forward   (F1)  sigma = 1 / (1 + exp(-x))
              (F2)  y     = x sigma
    backward  (B1)  dx    = dy sigma (1 + x (1 - sigma))
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def sigmoid(x):
    """1 / (1 + exp(-x)), written as (1 + tanh(x / 2)) / 2, which cannot overflow."""
    return 0.5 * (1 + get_array_module(x).tanh(0.5 * x))


def silu_forward(x):
    """y = x sigmoid(x). The cache holds x and sigma."""
    sigma = sigmoid(x)                                  # (F1)
    y = x * sigma                                       # (F2)
    return y, (x, sigma)


def silu_backward(dy, cache, needs=None):
    """The gradient dx."""
    x, sigma = cache
    return (dy * sigma * (1 + x * (1 - sigma)) if wanted(needs, "x") else None,)    # (B1)


def silu_inputs(rng, N=2, T=3, C=5):
    return {"x": rng.standard_normal((N, T, C))}
