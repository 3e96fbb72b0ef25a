"""The product (1 - t^2) u' lacks its x. In x t the second term of the product rule is x t'.

fails at: dx (gelu:B2)
cause: the x before the slope
"""

from minilora.backend import get_array_module
from minilora.ops.form import in_blocks
from minilora.ops.gelu import A_TANH, C_TANH, gelu_tanh_forward


def gelu_tanh_backward(dy, cache, needs=None):
    x, t = cache
    dx = get_array_module(x).empty(x.shape, dtype=x.dtype)
    for xb, tb, dyb, dxb in in_blocks(x, t, dy, dx):
        dxb[...] = 3 * C_TANH * A_TANH * xb * xb
        dxb += C_TANH
        dxb *= 1 - tb * tb
        dxb += tb
        dxb += 1
        dxb *= 0.5
        dxb *= dyb                                      # (B2)
    return (dx,)
