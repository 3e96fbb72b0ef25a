"""Zero times infinity: (1 - mask) times minus infinity is no number where the mask is True. Write minus infinity where it is due.

fails at: padding (attention:F6)
cause: no number
"""

import math


def mask_bias(like, mask):
    return ((1 - mask.astype(like.dtype)) * -math.inf).astype(like.dtype)
