"""The high halves come before the low ones. The first sixteen values are in the low halves.

fails at: codes (gguf_blocks:G2)
cause: halves of a byte exchanged
"""

import numpy as np


def four_bits(raw):
    floats = np.ascontiguousarray(raw[..., :-16]).view("<f2")
    packed = raw[..., -16:]
    codes = np.concatenate([packed >> 4, packed & 15], axis=-1)
    return floats, codes
