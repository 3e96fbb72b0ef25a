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

from minilora.backend import erf, get_array_module
from minilora.ops.form import wanted


def gelu_erf_forward(x):
    """y = x Phi(x). The cache holds x and Phi."""
    Phi = 0.5 * (1 + erf(x * (1 / math.sqrt(2))))       # (F1)
    y = x * Phi                                         # (F2)
    return y, (x, Phi)


def gelu_erf_backward(dy, cache, needs=None):
    """The gradient dx."""
    x, Phi = cache
    if not wanted(needs, "x"):
        return (None,)
    phi = get_array_module(x).exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))
    return (dy * (Phi + x * phi),)                      # (B1)


def gelu_inputs(rng, N=2, T=3, F=5):
    return {"x": rng.standard_normal((N, T, F))}
