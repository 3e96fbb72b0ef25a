"""db is the mean over the rows, not the sum.

fails at: db (quantized_linear:B3)
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
    dscales = cut(dW_hat * level, block).sum(axis=-1)           # (B2)
    db = rows(dy).mean(axis=0) if has_bias else None            # (B3)
    return dx, dscales, db
