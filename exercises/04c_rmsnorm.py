"""RMS norm: layer norm without the mean and the shift (Zhang and Sennrich 2019, arXiv 1910.07467, equation 4).

    x, y, dy: (..., C)   gamma: (C,)   mean() is over the last axis

    forward   (F1)  rstd = 1 / sqrt(mean(x^2) + eps)
              (F2)  xhat = x rstd
              (F3)  y    = xhat gamma
    backward  (B1)  dgamma = ...
              (B2)  dxhat  = ...
              (B3)  dx     = ...

Exercise 04c, lesson 04: RMS norm, forward and backward.
Write rmsnorm_forward and rmsnorm_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 04c       tests this file
    minilora exercise hint 04c        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import rows, wanted


def rmsnorm_forward(x, gamma, eps=1e-5):
    """y = gamma x / rms(x). The cache holds xhat, rstd, gamma."""
    # (F1)  rstd =
    # (F2)  xhat =
    # (F3)  y =
    raise NotImplementedError("04c: write rmsnorm_forward")


def rmsnorm_backward(dy, cache, needs=None):
    """The gradients dx, dgamma."""
    # (B1)  dgamma =
    # (B2)  dxhat =
    # (B3)  dx =
    raise NotImplementedError("04c: write rmsnorm_backward")


def rmsnorm_inputs(rng, N=2, T=3, C=5):
    return {"x": rng.standard_normal((N, T, C)), "gamma": rng.standard_normal(C)}
