"""The backward draws a mask of its own. It is the forward's mask that says where a gradient passes.

fails at: dx (dropout:B1)
cause: dropout_mask_not_reused
"""

import numpy as np

from minilora.ops.dropout import dropout_forward


def dropout_backward(dy, cache, needs=None):
    keep, p = cache
    again = np.random.default_rng(5).random(dy.shape) >= p
    return (dy * again / (1 - p),)                              # (B1)
