"""dbeta is summed over the batch alone; beta is shared by every row, in time too.

fails at: dbeta (layernorm:B1)
cause: missing_broadcast_sum
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_forward


def layernorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dbeta = dy.sum(axis=0)                                      # (B1)
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B2)
    dxhat = dy * gamma                                          # (B3)
    projection = (dxhat * xhat).mean(axis=-1, keepdims=True)
    dx = rstd * (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * projection)        # (B8)
    return dx, dgamma, dbeta
