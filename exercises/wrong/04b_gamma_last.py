"""dx is multiplied by gamma last; gamma comes first, and does not pass through a mean over features.

fails at: dx (layernorm:B8)
cause: transposed
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_forward


def layernorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B2)
    projection = (dy * xhat).mean(axis=-1, keepdims=True)
    dx = gamma * rstd * (dy - dy.mean(axis=-1, keepdims=True) - xhat * projection)      # (B3) (B8)
    return dx, dgamma, dbeta
