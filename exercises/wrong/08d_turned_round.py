"""The real tokens are hidden. mask is True where a token is real.

fails at: padding (attention:F6)
cause: the mask turned round
"""

import math

from minilora.backend import get_array_module


def mask_bias(like, mask):
    xp = get_array_module(like)
    bias = xp.zeros(mask.shape, dtype=like.dtype)
    bias[mask] = -math.inf
    return bias
