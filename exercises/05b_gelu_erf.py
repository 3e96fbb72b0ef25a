"""GELU: x times the probability that a standard normal is below x (Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2).

    x, y, dy: any shape

    exact     (F1)  Phi = (1 + erf(x / sqrt(2))) / 2
              (F2)  y   = x Phi
    backward  (B1)  dx  = ...

    tanh      (F3)  u = c (x + a x^3),  c = sqrt(2/pi),  a = 0.044715
              (F4)  t = tanh(u)
              (F5)  y = x (1 + t) / 2
    backward  (B2)  dx = ...

The tanh form stands here twice: gelu_tanh_steps is the formula; gelu_tanh is the same in blocks that stay in cache.

Exercise 05b, lesson 05: GELU, exact.
Write gelu_erf_forward and gelu_erf_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 05b       tests this file
    minilora exercise hint 05b        one hint more, each time
"""

import math

from minilora.backend import erf, get_array_module
from minilora.ops.form import wanted


def gelu_erf_forward(x):
    """y = x Phi(x). The cache holds x and Phi."""
    # (F1)  Phi =
    # (F2)  y =
    raise NotImplementedError("05b: write gelu_erf_forward")


def gelu_erf_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("05b: write gelu_erf_backward")


def gelu_inputs(rng, N=2, T=3, F=5):
    return {"x": rng.standard_normal((N, T, F))}
