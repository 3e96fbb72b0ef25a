"""A large negative number instead of minus infinity: a row that sees nothing then looks at padding.

fails at: padding (attention:F6)
cause: a finite number
"""

from minilora.backend import get_array_module


def mask_bias(like, mask):
    xp = get_array_module(like)
    return xp.where(mask, 0, -1e9).astype(like.dtype)
