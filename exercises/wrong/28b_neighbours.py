"""The two halves of a byte are taken for neighbours. In the file they are sixteen values apart.

fails at: codes (gguf_blocks:G2)
cause: another order of packing
"""

import numpy as np


def four_bits(raw):
    floats = np.ascontiguousarray(raw[..., :-16]).view("<f2")
    packed = raw[..., -16:]
    codes = np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:-1], 32)
    return floats, codes
