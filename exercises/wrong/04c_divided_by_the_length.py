"""rstd is 1 over the length of the row; it is 1 over the root of the mean square, larger by sqrt(C).

fails at: y (rmsnorm:F3)
cause: the mean forgotten
"""

import numpy as np

from minilora.ops.rmsnorm import rmsnorm_backward


def rmsnorm_forward(x, gamma, eps=1e-5):
    rstd = 1 / np.sqrt((x * x).sum(axis=-1, keepdims=True) + eps)       # (F1)
    xhat = x * rstd                                             # (F2)
    y = xhat * gamma                                            # (F3)
    return y, (xhat, rstd, gamma)
