"""Deviations below zero are cut off, and then the mean is added. Deviations have both signs; only their sum with the mean has
one.

fails at: a (quantize:Q6)
cause: cut off too early
"""

import numpy as np

from minilora.quantize import absmax_values


def scales_from_8_bits(k, outer, mean):
    return np.maximum(absmax_values(k, outer, 8, 256), 0) + mean  # (Q6)
