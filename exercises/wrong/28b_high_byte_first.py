"""The two bytes of a float16 are read with the high one first. The file has the low one first.

fails at: floats (gguf_blocks:G1)
cause: the order of bytes
"""

import numpy as np


def four_bits(raw):
    floats = np.ascontiguousarray(raw[..., :-16]).view(">f2").astype("f2")
    packed = raw[..., -16:]
    codes = np.concatenate([packed & 15, packed >> 4], axis=-1)
    return floats, codes
