"""The scales are dealt out in turn, one value each. Neighbours share one: the first `block` values have the first.

fails at: W_hat (quantized_linear:F1)
cause: in turn for in blocks
"""

import numpy as np

from minilora.ops.quantized_linear import code_levels
from minilora.quantize import spread


def dequantize_blocks(codes, scales, offsets, levels, block, n, dtype):
    def dealt(a):
        return np.tile(a.astype(dtype), block)[..., :n]

    W_hat = dealt(scales) * code_levels(codes, levels, n, dtype)  # (F1)
    return W_hat if offsets is None else W_hat + dealt(offsets)  # (F1)
