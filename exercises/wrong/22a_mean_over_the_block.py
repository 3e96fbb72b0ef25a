"""dscales takes the mean over its block, not the sum: the scale reaches every value of it, and what comes back is added.

fails at: dscales (quantized_linear:B2)
cause: a mean for a sum
"""

from minilora.ops.form import rows
from minilora.ops.quantized_linear import quantized_linear_forward
from minilora.quantize import cut, nf4_levels, spread


def quantized_linear_backward(dy, cache, needs=None):
    x, codes, scales, has_bias, block = cache
    n = x.shape[-1]
    level = nf4_levels(codes, n, scales.dtype)
    dx = dy @ (spread(scales, block, n) * level)                # (B1)
    dW_hat = rows(dy).T @ rows(x)
    dscales = cut(dW_hat * level, block).mean(axis=-1)          # (B2)
    db = rows(dy).sum(axis=0) if has_bias else None             # (B3)
    return dx, dscales, db
