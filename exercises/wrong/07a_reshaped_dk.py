"""dk is q^T dscores, (D, S), reshaped to (S, D). It is dscores^T q, (S, D): the same numbers in other places.

fails at: dk (attention:B6)
cause: reshaped
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
    dscores = P * (dP - (P * dP).sum(axis=-1, keepdims=True))   # (B4)
    dq = (dscores @ k * scale).reshape(shape)                   # (B5)
    dk = (qs.swapaxes(-1, -2) @ dscores).reshape(k.shape)       # (B6)
    return dq, dk, dv
