"""The blocks of GGUF's Q4_0, Q4_1 and Q8_0, 32 values each, as codes, scales and offsets.

    Q4_0   scale (16 bits), 16 bytes of codes              w = scale (code - 8)
    Q4_1   scale, offset, 16 bytes of codes                w = scale code + offset
    Q8_0   scale, 32 whole numbers of 8 bits               w = scale code

Of the bytes of a block of 4 bits, (..., 18) or (..., 20), which the file has one block after another,

    (G1)  floats  =  all but the last 16, two bytes to a float16, the low one first: the scale, and Q4_1's offset
    (G2)  codes   =  the low halves of the last 16, byte mod 16, then their high halves, byte // 16

so a byte of codes holds one of the first 16 values and one of the last 16, where minilora packs neighbours. That is all that
changes: each code, scale and offset is the file's.
"""

import numpy as np


def four_bits(raw):
    """Floats and codes of blocks of 4 bits, uint8 (..., 18 or 20): float16 (..., 1 or 2), and uint8 (..., 32) from 0 to 15."""
    floats = np.ascontiguousarray(raw[..., :-16]).view("<f2")  # (G1)
    packed = raw[..., -16:]
    codes = np.concatenate([packed & 15, packed >> 4], axis=-1)  # (G2)
    return floats, codes
