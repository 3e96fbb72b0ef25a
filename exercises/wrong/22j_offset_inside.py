"""The offset is added before the scale stretches the levels. It is in the units of the weights, not of the levels.

fails at: W_hat (quantized_linear:F1)
cause: added inside the product
"""

from minilora.ops.quantized_linear import code_levels
from minilora.quantize import spread


def dequantize_blocks(codes, scales, offsets, levels, block, n, dtype):
    level = code_levels(codes, levels, n, dtype)
    if offsets is not None:
        level = level + spread(offsets.astype(dtype), block, n)
    return spread(scales.astype(dtype), block, n) * level  # (F1)
