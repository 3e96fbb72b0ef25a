"""dscales takes the mean over its block, not the sum: the scale reaches every value of it, and what comes back is added.

fails at: dscales (quantized_linear:B2)
cause: a mean for a sum
"""

from minilora.ops.form import rows
from minilora.ops.quantized_linear import code_levels, quantized_linear_forward
from minilora.quantize import cut, spread


def quantized_linear_backward(dy, cache, needs=None):
    x, codes, scales, offsets, has_bias, levels, block = cache
    n = x.shape[-1]
    level = code_levels(codes, levels, n, scales.dtype)
    W_hat = spread(scales, block, n) * level + spread(offsets, block, n)
    dx = dy @ W_hat                                             # (B1)
    dW_hat = rows(dy).T @ rows(x)
    dscales = cut(dW_hat * level, block).mean(axis=-1)           # (B2)
    doffsets = cut(dW_hat, block).sum(axis=-1)                  # (B3)
    db = rows(dy).sum(axis=0) if has_bias else None             # (B4)
    return dx, dscales, doffsets, db
