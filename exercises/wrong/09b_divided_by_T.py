"""The mean is over all T positions, so that padding makes a vector smaller. It is over the real tokens of each sequence.

fails at: y (pool:F1)
cause: the wrong count
"""

from minilora.ops.pool import mean_pool_backward


def mean_pool_forward(x, mask):
    weight = (mask / mask.shape[1])[..., None]
    return (weight * x).sum(axis=1), (weight,)
