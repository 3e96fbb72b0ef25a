"""dy is repeated to every position, as after a mean. Only the position that was read gets it.

fails at: dx (pool:B2)
cause: mask_missing
"""

import numpy as np

from minilora.ops.pool import pick_forward


def pick_backward(dy, cache, needs=None):
    index, shape = cache
    return (np.broadcast_to(dy[:, None, :], shape).copy(),)                             # (B2)
