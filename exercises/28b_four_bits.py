"""The blocks of GGUF's Q4_0, Q4_1 and Q8_0, 32 values each, as codes, scales and offsets.

    Q4_0   scale (16 bits), 16 bytes of codes              w = scale (code - 8)
    Q4_1   scale, offset, 16 bytes of codes                w = scale code + offset
    Q8_0   scale, 32 whole numbers of 8 bits               w = scale code

Of the bytes of a block of 4 bits, (..., 18) or (..., 20), which the file has one block after another,

    (G1)  floats  =  ...
    (G2)  codes   =  ...

so a byte of codes holds one of the first 16 values and one of the last 16, where minilora packs neighbours. That is all that
changes: each code, scale and offset is the file's.

Exercise 28b, lesson 28: A block of 4 bits, out of a file.
Write four_bits. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 28b       tests this file
    minilora exercise hint 28b        one hint more, each time
"""

import numpy as np


def four_bits(raw):
    """Floats and codes of blocks of 4 bits, uint8 (..., 18 or 20): float16 (..., 1 or 2), and uint8 (..., 32) from 0 to 15."""
    # (G1)  floats =
    # (G2)  codes =
    raise NotImplementedError("28b: write four_bits")
