"""The last factor 1/2 is missing. It stands before both terms of dx.

fails at: dx (gelu:B2)
cause: double_counted
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
        dxb *= xb
        dxb *= 1 - tb * tb
        dxb += tb
        dxb += 1
        dxb *= dyb                                      # (B2)
    return (dx,)
