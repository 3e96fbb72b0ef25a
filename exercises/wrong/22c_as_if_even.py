"""The code is computed as if the levels were evenly spaced. They are not, so the nearest must be looked for.

fails at: code (quantize:Q2)
cause: even levels
"""

import numpy as np


def nearest_codes(relative, levels):
    span = levels[-1] - levels[0]
    code = np.rint((relative - levels[0]) / span * (len(levels) - 1))  # (Q2)
    return np.clip(code, 0, len(levels) - 1).astype("uint8")
