"""The level itself is the boundary, so that the level above is taken. The boundaries lie halfway between levels.

fails at: code (quantize:Q2)
cause: rounded up
"""

import numpy as np


def nearest_codes(relative, levels):
    return np.clip(np.searchsorted(levels, relative), 0, len(levels) - 1).astype("uint8")  # (Q2)
