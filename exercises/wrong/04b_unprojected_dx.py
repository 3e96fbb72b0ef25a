"""dx lacks the projection on xhat: rstd depends on x.

fails at: dx (layernorm:B8)
cause: missing_centering
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_forward


def layernorm_backward(dy, cache, needs=None):
    xhat, rstd, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B2)
    dxhat = dy * gamma                                          # (B3)
    dx = rstd * (dxhat - dxhat.mean(axis=-1, keepdims=True))    # (B8)
    return dx, dgamma, dbeta
