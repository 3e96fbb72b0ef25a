"""The rows are not averaged on the way back. The forward divides by n, and so does the gradient of each row.

fails at: dlogits (shifted_cross_entropy:B3)
cause: missing_mean
"""

import numpy as np

from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_forward


def shifted_cross_entropy_backward(dL, cache, needs=None):
    P, p, eps, ids, keep, n, shape = cache
    dq = -dL * keep / (p + eps)                         # (B1)
    dp = np.where(p + eps <= 1, dq, 0)                  # (B2)
    weight = dp * p
    dlogits = -weight[:, None] * P                      # (B3)
    dlogits[np.arange(len(ids)), ids] += weight
    return (dlogits.reshape(shape),)
