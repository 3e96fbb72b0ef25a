"""The last position is read, whatever the index says: right without padding only.

fails at: y (pool:F2)
cause: the index left out
"""

from minilora.ops.pool import pick_backward


def pick_forward(x, index):
    return x[:, -1], (index, x.shape)
