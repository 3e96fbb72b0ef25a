"""GELU: x times the probability that a standard normal is below x (Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2).

    x, y, dy: any shape

    exact     (F1)  Phi = (1 + erf(x / sqrt(2))) / 2
              (F2)  y   = x Phi
    backward  (B1)  dx  = dy (Phi + x phi),  phi = exp(-x^2/2) / sqrt(2 pi)

    tanh      (F3)  u = c (x + a x^3),  c = sqrt(2/pi),  a = 0.044715
              (F4)  t = tanh(u)
              (F5)  y = x (1 + t) / 2
    backward  (B2)  dx = dy ((1 + t) / 2 + x (1 - t^2) u' / 2),  u' = c (1 + 3 a x^2)

The tanh form stands here twice: gelu_tanh_steps is the formula; gelu_tanh is the same in blocks that stay in cache.
"""

import math

from minilora.backend import get_array_module
from minilora.ops.form import wanted

C_TANH = math.sqrt(2 / math.pi)
A_TANH = 0.044715


def gelu_tanh_steps_forward(x):
    """y = x (1 + tanh(u)) / 2. The cache holds x and t."""
    u = x * (C_TANH + C_TANH * A_TANH * x * x)          # (F3)
    t = get_array_module(x).tanh(u)                     # (F4)
    y = 0.5 * x * (1 + t)                               # (F5)
    return y, (x, t)


def gelu_tanh_steps_backward(dy, cache, needs=None):
    """The gradient dx."""
    x, t = cache
    if not wanted(needs, "x"):
        return (None,)
    du = C_TANH + 3 * C_TANH * A_TANH * x * x
    dx = dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du)      # (B2)
    return (dx,)


def gelu_inputs(rng, N=2, T=3, F=5):
    return {"x": rng.standard_normal((N, T, F))}
