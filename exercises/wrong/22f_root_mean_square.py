"""The root of the mean square. It is exceeded by the largest values, and w / a must lie in [-1, 1].

fails at: a (quantize:Q1)
cause: a typical size for the largest
"""

import numpy as np


def block_scales(W, block):
    pad = [(0, 0)] * (W.ndim - 1) + [(0, -W.shape[-1] % block)]
    blocks = np.pad(W, pad).reshape(*W.shape[:-1], -1, block)
    return np.sqrt((blocks * blocks).mean(axis=-1))  # (Q1)
