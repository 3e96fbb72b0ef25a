"""dx is dy / n at every position. Padding took no part in the mean, and gets zero.

fails at: dx (pool:B1)
cause: mask_missing
"""

from minilora.ops.pool import mean_pool_forward


def mean_pool_backward(dy, cache, needs=None):
    (weight,) = cache
    return (weight.max(axis=1, keepdims=True) * dy[:, None, :] + 0 * weight,)           # (B1)
