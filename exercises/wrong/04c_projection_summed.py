"""dx takes away the sum of dxhat xhat along xhat; the squared length of xhat is C, so the mean is due.

fails at: dx (rmsnorm:B3)
cause: missing_centering
"""

from minilora.ops.form import rows
from minilora.ops.rmsnorm import rmsnorm_forward


def rmsnorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B1)
    dxhat = dy * gamma                                          # (B2)
    dx = rstd * (dxhat - xhat * (dxhat * xhat).sum(axis=-1, keepdims=True))     # (B3)
    return dx, dgamma
