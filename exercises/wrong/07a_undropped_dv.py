"""dv is computed with P. The values met Pd, the weights after dropout: right in evaluation, wrong in training.

fails at: dv (attention:B1)
cause: dropout_mask_not_reused
"""

import math

from minilora.ops.attention import attention_forward
from minilora.ops.dropout import dropout_backward


def attention_backward(dy, cache, needs=None):
    qs, k, v, P, Pd, dropped = cache
    shape, scale = dy.shape, 1 / math.sqrt(dy.shape[-1])
    dy = dy.reshape(qs.shape)
    dv = P.swapaxes(-1, -2) @ dy                                # (B1)
    dP = dy @ v.swapaxes(-1, -2)                                # (B2)
    if dropped is not None:
        (dP,) = dropout_backward(dP, dropped)                   # (B3)
    dscores = P * (dP - (P * dP).sum(axis=-1, keepdims=True))   # (B4)
    dq = (dscores @ k * scale).reshape(shape)                   # (B5)
    dk = dscores.swapaxes(-1, -2) @ qs                          # (B6)
    return dq, dk, dv
