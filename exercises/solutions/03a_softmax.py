"""Softmax over the last axis.

    x, P, dP: (..., V)

    forward   (F1)  E  = exp(x - max(x))
              (F2)  P  = E / sum(E)
    backward  (B1)  dx = P (dP - sum(P dP))

Subtracting the maximum changes nothing in P and keeps exp from overflowing. Every dx sums to zero over the axis,
because P does not change when a constant is added to x.
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def softmax_forward(x):
    """P = softmax(x). The cache holds P."""
    xp = get_array_module(x)
    P = xp.exp(x - x.max(axis=-1, keepdims=True))       # (F1)
    P /= P.sum(axis=-1, keepdims=True)                  # (F2)
    return P, (P,)


def softmax_backward(dP, cache, needs=None):
    """The gradient dx."""
    (P,) = cache
    if not wanted(needs, "x"):
        return (None,)
    return (P * (dP - (P * dP).sum(axis=-1, keepdims=True)),)   # (B1)


def softmax_inputs(rng, N=2, T=3, V=5):
    return {"x": rng.standard_normal((N, T, V))}
