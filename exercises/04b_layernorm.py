"""Layer norm (Ba, Kiros and Hinton 2016, arXiv 1607.06450, equations 3 and 4).

    x, y, dy: (..., C)   gamma, beta: (C,)   mean() is over the last axis

    forward   (F1)  mu   = mean(x)
              (F2)  xc   = x - mu
              (F3)  var  = mean(xc^2)
              (F4)  rstd = 1 / sqrt(var + eps)
              (F5)  xhat = xc rstd
              (F6)  y    = xhat gamma + beta
    backward  (B1)  dbeta  = ...
              (B2)  dgamma = ...
              (B3)  dxhat  = ...
      in steps:
              (B4)  drstd  = ...
              (B5)  dvar   = ...
              (B6)  dxc    = ...
              (B7)  dx     = ...
      fused, the same without the intermediate gradients:
              (B8)  dx     = ...

Exercise 04b, lesson 04: Layer norm, fused.
Write layernorm_forward and layernorm_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 04b       tests this file
    minilora exercise hint 04b        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import rows, wanted


def layernorm_forward(x, gamma, beta, eps=1e-5):
    """The same y with fewer sweeps over memory. The cache holds xhat, rstd, gamma."""
    # (F1)  mu =
    # (F2)  xc =
    # (F3)  var =
    # (F4)  rstd =
    # (F5)  xhat =
    # (F6)  y =
    raise NotImplementedError("04b: write layernorm_forward")


def layernorm_backward(dy, cache, needs=None):
    """The gradients dx, dgamma, dbeta, dx by the fused formula."""
    # (B1)  dbeta =
    # (B2)  dgamma =
    # (B3)  dxhat =
    # (B8)  dx =
    raise NotImplementedError("04b: write layernorm_backward")


def layernorm_inputs(rng, N=2, T=3, C=5):
    return {
        "x": rng.standard_normal((N, T, C)),
        "gamma": rng.standard_normal(C),
        "beta": rng.standard_normal(C),
    }
