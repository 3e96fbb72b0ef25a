"""dxc lacks the way through var, as if rstd did not depend on x.

fails at: dx (layernorm:B7)
cause: missing_centering
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_steps_forward


def layernorm_steps_backward(dy, cache, needs=None):
    xc, rstd, xhat, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B2)
    dxhat = dy * gamma                                          # (B3)
    dxc = dxhat * rstd                                          # (B6)
    dx = dxc - dxc.mean(axis=-1, keepdims=True)                 # (B7)
    return dx, dgamma, dbeta
