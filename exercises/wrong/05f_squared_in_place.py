"""t is overwritten by t^2 before it is added. Only fresh arrays may be written to; t is used twice.

fails at: dx (gelu:B2)
cause: an input of the formula overwritten
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
        tb *= tb
        dxb *= 1 - tb
        dxb += tb
        dxb += 1
        dxb *= 0.5
        dxb *= dyb                                      # (B2)
    return (dx,)
