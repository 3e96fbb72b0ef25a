"""dscores lacks the centring term of B4, sum over S  P dP, as if each weight had its own score alone. dq and dk inherit it.

fails at: dq (attention:B5), dk (attention:B6)
cause: missing_centering
"""

import math

from minilora.ops.attention import attention_forward
from minilora.ops.dropout import dropout_backward


def attention_backward(dy, cache, needs=None):
    qs, k, v, P, Pd, dropped = cache
    shape, scale = dy.shape, 1 / math.sqrt(dy.shape[-1])
    dy = dy.reshape(qs.shape)
    dv = Pd.swapaxes(-1, -2) @ dy                               # (B1)
    dP = dy @ v.swapaxes(-1, -2)                                # (B2)
    if dropped is not None:
        (dP,) = dropout_backward(dP, dropped)                   # (B3)
    dscores = P * dP                                            # (B4)
    dq = (dscores @ k * scale).reshape(shape)                   # (B5)
    dk = dscores.swapaxes(-1, -2) @ qs                          # (B6)
    return dq, dk, dv
