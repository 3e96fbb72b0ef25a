"""dlogits is onehot - P: the way up the loss's negative, along which the loss grows under gradient descent.

fails at: dlogits (cross_entropy:B6)
cause: sign_flip
"""

import numpy as np

from minilora.ops.cross_entropy import cross_entropy_forward


def cross_entropy_backward(dL, cache, needs=None):
    P, ids, keep, n, shape = cache
    weight = dL / n * keep
    dlogits = -P * weight[:, None]                      # (B6)
    dlogits[np.arange(len(ids)), ids] += weight         # (B6)
    return (dlogits.reshape(shape),)
