"""dy goes to the first position of each sequence, and not to the one that was read.

fails at: dx (pool:B2)
cause: the wrong position
"""

import numpy as np

from minilora.ops.pool import pick_forward


def pick_backward(dy, cache, needs=None):
    index, shape = cache
    dx = np.zeros(shape, dtype=dy.dtype)
    dx[:, 0] = dy                                                                       # (B2)
    return (dx,)
