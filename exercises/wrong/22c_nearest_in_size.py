"""The signs are dropped: the level nearest in absolute value may lie on the other side of zero.

fails at: code (quantize:Q2)
cause: signs dropped
"""

import numpy as np


def nearest_codes(relative, levels):
    return abs(abs(relative)[..., None] - abs(levels)).argmin(axis=-1).astype("uint8")  # (Q2)
