"""The codes are taken from the start of the block, and the floats from its end. The floats come first.

fails at: floats (gguf_blocks:G1), codes (gguf_blocks:G2)
cause: the parts of a block exchanged
"""

import numpy as np


def four_bits(raw):
    floats = np.ascontiguousarray(raw[..., 16:]).view("<f2")
    packed = raw[..., :16]
    codes = np.concatenate([packed & 15, packed >> 4], axis=-1)
    return floats, codes
