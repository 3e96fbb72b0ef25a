"""The code itself is taken for the value that it names. Codes of 4 bits are places in the table of levels.

fails at: W_hat (quantized_linear:F1)
cause: the name for the thing
"""

from minilora.quantize import spread, unpack


def dequantize_blocks(codes, scales, offsets, levels, block, n, dtype):
    own = unpack(codes, n).astype(dtype) if levels is not None else codes.astype(dtype)
    W_hat = spread(scales.astype(dtype), block, n) * own  # (F1)
    return W_hat if offsets is None else W_hat + spread(offsets.astype(dtype), block, n)  # (F1)
