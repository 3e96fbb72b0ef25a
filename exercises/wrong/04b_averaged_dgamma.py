"""dgamma is the mean over the rows; it is their sum, and a loss that averages has its 1/N in dy already.

fails at: dgamma (layernorm:B2)
cause: wrong_scale
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_forward


def layernorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xhat).mean(axis=0)                       # (B2)
    dxhat = dy * gamma                                          # (B3)
    projection = (dxhat * xhat).mean(axis=-1, keepdims=True)
    dx = rstd * (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * projection)        # (B8)
    return dx, dgamma, dbeta
