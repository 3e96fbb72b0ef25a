"""The gradient of plain cross-entropy: 1/p in the place of 1/(p + eps). The shift stands in the forward, so it changes the slope.

fails at: dlogits (shifted_cross_entropy:B3)
cause: the shift is forgotten
"""

import numpy as np

from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_forward


def shifted_cross_entropy_backward(dL, cache, needs=None):
    P, p, eps, ids, keep, n, shape = cache
    dq = -dL / n * keep / p                             # (B1)
    dp = np.where(p + eps <= 1, dq, 0)                  # (B2)
    weight = dp * p
    dlogits = -weight[:, None] * P                      # (B3)
    dlogits[np.arange(len(ids)), ids] += weight
    return (dlogits.reshape(shape),)
