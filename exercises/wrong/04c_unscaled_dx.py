"""dx lacks rstd: a row that was shrunk by it in forward has a gradient that is shrunk by it too.

fails at: dx (rmsnorm:B3)
cause: missing_feature_factor
"""

from minilora.ops.form import rows
from minilora.ops.rmsnorm import rmsnorm_forward


def rmsnorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B1)
    dxhat = dy * gamma                                          # (B2)
    dx = dxhat - xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)             # (B3)
    return dx, dgamma
