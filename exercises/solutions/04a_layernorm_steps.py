"""Layer norm (Ba, Kiros and Hinton 2016, arXiv 1607.06450, equations 3 and 4).

    x, y, dy: (..., C)   gamma, beta: (C,)   mean() is over the last axis

    forward   (F1)  mu   = mean(x)
              (F2)  xc   = x - mu
              (F3)  var  = mean(xc^2)
              (F4)  rstd = 1 / sqrt(var + eps)
              (F5)  xhat = xc rstd
              (F6)  y    = xhat gamma + beta
    backward  (B1)  dbeta  = sum over rows  dy
              (B2)  dgamma = sum over rows  dy xhat
              (B3)  dxhat  = dy gamma
      in steps:
              (B4)  drstd  = sum over C  dxhat xc
              (B5)  dvar   = -1/2 rstd^3 drstd
              (B6)  dxc    = dxhat rstd + 2/C xc dvar
              (B7)  dx     = dxc - mean(dxc)
      fused, the same without the intermediate gradients:
              (B8)  dx     = rstd (dxhat - mean(dxhat) - xhat mean(dxhat xhat))
"""

from minilora.backend import get_array_module
from minilora.ops.form import rows, wanted


def layernorm_steps_forward(x, gamma, beta, eps=1e-5):
    """y, one formula a line. The cache holds xc, rstd, xhat, gamma."""
    xp = get_array_module(x)
    mu = x.mean(axis=-1, keepdims=True)                 # (F1)
    xc = x - mu                                         # (F2)
    var = (xc * xc).mean(axis=-1, keepdims=True)        # (F3)
    rstd = 1 / xp.sqrt(var + eps)                       # (F4)
    xhat = xc * rstd                                    # (F5)
    y = xhat * gamma + beta                             # (F6)
    return y, (xc, rstd, xhat, gamma)


def layernorm_steps_backward(dy, cache, needs=None):
    """The gradients dx, dgamma, dbeta: forward, read upwards."""
    xc, rstd, xhat, gamma = cache
    dx = dgamma = dbeta = None
    if wanted(needs, "beta"):
        dbeta = rows(dy).sum(axis=0)                    # (B1)
    if wanted(needs, "gamma"):
        dgamma = rows(dy * xhat).sum(axis=0)            # (B2)
    if wanted(needs, "x"):
        dxhat = dy * gamma                              # (B3)
        drstd = (dxhat * xc).sum(axis=-1, keepdims=True)                    # (B4)
        dvar = -0.5 * rstd * rstd * rstd * drstd        # (B5)
        dxc = dxhat * rstd + 2 / xc.shape[-1] * xc * dvar                   # (B6)
        dx = dxc - dxc.mean(axis=-1, keepdims=True)     # (B7)
    return dx, dgamma, dbeta


def layernorm_inputs(rng, N=2, T=3, C=5):
    return {
        "x": rng.standard_normal((N, T, C)),
        "gamma": rng.standard_normal(C),
        "beta": rng.standard_normal(C),
    }
