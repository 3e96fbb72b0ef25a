"""Only the target's logit gets a gradient. The others stand in the sum of the softmax, and each pulls p down.

fails at: dlogits (shifted_cross_entropy:B3)
cause: missing_centering
"""

import numpy as np

from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_forward


def shifted_cross_entropy_backward(dL, cache, needs=None):
    P, p, eps, ids, keep, n, shape = cache
    dq = -dL / n * keep / (p + eps)                     # (B1)
    dp = np.where(p + eps <= 1, dq, 0)                  # (B2)
    dlogits = np.zeros_like(P)
    dlogits[np.arange(len(ids)), ids] = dp * p          # (B3)
    return (dlogits.reshape(shape),)
