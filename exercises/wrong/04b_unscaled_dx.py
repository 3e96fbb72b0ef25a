"""dx lacks rstd: a row that was shrunk by it in forward has a gradient that is shrunk by it too.

fails at: dx (layernorm:B8)
cause: missing_feature_factor
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_forward


def layernorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B2)
    dxhat = dy * gamma                                          # (B3)
    projection = (dxhat * xhat).mean(axis=-1, keepdims=True)
    dx = (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * projection)      # (B8)
    return dx, dgamma, dbeta
