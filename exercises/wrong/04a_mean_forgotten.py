"""dx is dxc, without the way through the mean: mu depends on x too, and B7 subtracts the mean of dxc.

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
    drstd = (dxhat * xc).sum(axis=-1, keepdims=True)            # (B4)
    dvar = -0.5 * rstd * rstd * rstd * drstd                    # (B5)
    dxc = dxhat * rstd + 2 / xc.shape[-1] * xc * dvar           # (B6)
    dx = dxc                                                    # (B7)
    return dx, dgamma, dbeta
