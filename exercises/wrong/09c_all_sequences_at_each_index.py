"""dx[:, index] = dy writes into every sequence at the positions of all. Row n belongs to position index[n] of sequence n alone.

fails at: dx (pool:B2)
cause: mask_missing
"""

import numpy as np

from minilora.ops.pool import pick_forward


def pick_backward(dy, cache, needs=None):
    index, shape = cache
    dx = np.zeros(shape, dtype=dy.dtype)
    dx[:, index] = dy                                                                   # (B2)
    return (dx,)
