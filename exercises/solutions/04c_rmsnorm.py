"""RMS norm: layer norm without the mean and the shift (Zhang and Sennrich 2019, arXiv 1910.07467, equation 4).

    x, y, dy: (..., C)   gamma: (C,)   mean() is over the last axis

    forward   (F1)  rstd = 1 / sqrt(mean(x^2) + eps)
              (F2)  xhat = x rstd
              (F3)  y    = xhat gamma
    backward  (B1)  dgamma = sum over rows  dy xhat
              (B2)  dxhat  = dy gamma
              (B3)  dx     = rstd (dxhat - xhat mean(dxhat xhat))
"""

from minilora.backend import get_array_module
from minilora.ops.form import rows, wanted


def rmsnorm_forward(x, gamma, eps=1e-5):
    """y = gamma x / rms(x). The cache holds xhat, rstd, gamma."""
    xp = get_array_module(x)
    rstd = 1 / xp.sqrt((x * x).mean(axis=-1, keepdims=True) + eps)          # (F1)
    xhat = x * rstd                                     # (F2)
    y = xhat * gamma                                    # (F3)
    return y, (xhat, rstd, gamma)


def rmsnorm_backward(dy, cache, needs=None):
    """The gradients dx, dgamma."""
    xhat, rstd, gamma = cache
    dx = dgamma = None
    if wanted(needs, "gamma"):
        dgamma = rows(dy * xhat).sum(axis=0)            # (B1)
    if wanted(needs, "x"):
        dxhat = dy * gamma                              # (B2)
        dx = rstd * (dxhat - xhat * (dxhat * xhat).mean(axis=-1, keepdims=True))    # (B3)
    return dx, dgamma


def rmsnorm_inputs(rng, N=2, T=3, C=5):
    return {"x": rng.standard_normal((N, T, C)), "gamma": rng.standard_normal(C)}
