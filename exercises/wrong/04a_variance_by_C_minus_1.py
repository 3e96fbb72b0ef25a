"""var is divided by C - 1, as for a sample; F3 takes the mean over C.

fails at: y (layernorm:F6)
cause: the wrong count
"""

import numpy as np

from minilora.ops.layernorm import layernorm_steps_backward


def layernorm_steps_forward(x, gamma, beta, eps=1e-5):
    xc = x - x.mean(axis=-1, keepdims=True)                     # (F1) (F2)
    var = (xc * xc).sum(axis=-1, keepdims=True) / (x.shape[-1] - 1)     # (F3)
    rstd = 1 / np.sqrt(var + eps)                               # (F4)
    xhat = xc * rstd                                            # (F5)
    y = xhat * gamma + beta                                     # (F6)
    return y, (xc, rstd, xhat, gamma)
