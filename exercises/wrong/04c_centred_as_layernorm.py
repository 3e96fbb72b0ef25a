"""dx has the mean of layer norm taken away; RMS norm subtracts no mean, so none goes back.

fails at: dx (rmsnorm:B3)
cause: extra_term
"""

from minilora.ops.form import rows
from minilora.ops.rmsnorm import rmsnorm_forward


def rmsnorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B1)
    dxhat = dy * gamma                                          # (B2)
    projection = (dxhat * xhat).mean(axis=-1, keepdims=True)
    dx = rstd * (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * projection)        # (B3)
    return dx, dgamma
