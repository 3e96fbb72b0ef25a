"""drstd keeps one number for each feature, and the features of dxc get their own alone; forward broadcast one rstd a row.

fails at: dx (layernorm:B7)
cause: wrong
"""

from minilora.ops.form import rows
from minilora.ops.layernorm import layernorm_steps_forward


def layernorm_steps_backward(dy, cache, needs=None):
    xc, rstd, xhat, gamma = cache
    dbeta = rows(dy).sum(axis=0)                                # (B1)
    dgamma = rows(dy * xhat).sum(axis=0)                        # (B2)
    dxhat = dy * gamma                                          # (B3)
    drstd = dxhat * xc                                          # (B4)
    dvar = -0.5 * rstd * rstd * rstd * drstd                    # (B5)
    dxc = dxhat * rstd + 2 / xc.shape[-1] * xc * dvar           # (B6)
    dx = dxc - dxc.mean(axis=-1, keepdims=True)                 # (B7)
    return dx, dgamma, dbeta
