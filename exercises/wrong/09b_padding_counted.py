"""Padding is added up with the rest, and only the count leaves it out.

fails at: y (pool:F1)
cause: the mask left out of the sum
"""

from minilora.ops.pool import mean_pool_backward


def mean_pool_forward(x, mask):
    n = mask.sum(axis=1)[:, None]
    return x.sum(axis=1) / n, ((mask / n)[..., None],)
