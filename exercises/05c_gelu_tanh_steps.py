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

Exercise 05c, lesson 05: GELU by tanh, one formula a line.
Write gelu_tanh_steps_forward and gelu_tanh_steps_backward.
What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 05c       tests this file
    minilora exercise hint 05c        one hint more, each time
"""

import math

from minilora.backend import get_array_module
from minilora.ops.form import wanted

C_TANH = math.sqrt(2 / math.pi)
A_TANH = 0.044715


def gelu_tanh_steps_forward(x):
    """y = x (1 + tanh(u)) / 2. The cache holds x and t."""
    # (F3)  u =
    # (F4)  t =
    # (F5)  y =
    raise NotImplementedError("05c: write gelu_tanh_steps_forward")


def gelu_tanh_steps_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B2)  dx =
    raise NotImplementedError("05c: write gelu_tanh_steps_backward")


def gelu_inputs(rng, N=2, T=3, F=5):
    return {"x": rng.standard_normal((N, T, F))}
