"""All codes are read with the first scale. There is one for every 256 of them.

fails at: a (quantize:Q6)
cause: one scale for all
"""

import numpy as np


def scales_from_8_bits(k, outer, mean):
    return np.maximum(outer[0] * (k / 127) + mean, 0)  # (Q6)
