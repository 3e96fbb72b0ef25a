"""dgamma is taken with xc; gamma multiplies xhat, which is xc rstd.

fails at: dgamma (layernorm:B2)
cause: missing_feature_factor
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_steps_forward


def layernorm_steps_backward(dy, cache, needs=None):
    xc, rstd, xhat, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xc).sum(axis=0)                          # (B2)
    dxhat = dy * gamma                                          # (B3)
    drstd = (dxhat * xc).sum(axis=-1, keepdims=True)            # (B4)
    dvar = -0.5 * rstd * rstd * rstd * drstd                    # (B5)
    dxc = dxhat * rstd + 2 / xc.shape[-1] * xc * dvar           # (B6)
    dx = dxc - dxc.mean(axis=-1, keepdims=True)                 # (B7)
    return dx, dgamma, dbeta
