"""The level below is taken, as a floor does. The nearest may be the one above: the boundary lies halfway.

fails at: code (quantize:Q2)
cause: rounded down
"""

import numpy as np


def nearest_codes(relative, levels):
    return np.clip(np.searchsorted(levels, relative, side="right") - 1, 0, len(levels) - 1).astype("uint8")  # (Q2)
