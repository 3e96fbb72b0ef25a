"""The largest value with its sign. A block whose largest is negative gets a scale that is too small.

fails at: a (quantize:Q1)
cause: signs taken seriously
"""

import numpy as np


def block_scales(W, block):
    pad = [(0, 0)] * (W.ndim - 1) + [(0, -W.shape[-1] % block)]
    return np.pad(W, pad).reshape(*W.shape[:-1], -1, block).max(axis=-1)  # (Q1)
