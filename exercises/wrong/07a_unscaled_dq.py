"""dq lacks its 1 / sqrt(D). The cache holds q / sqrt(D), so dk has the factor by itself; dq needs it written out.

fails at: dq (attention:B5)
cause: missing_attention_scale
"""

from minilora.ops.attention import attention_forward
from minilora.ops.dropout import dropout_backward


def attention_backward(dy, cache, needs=None):
    qs, k, v, P, Pd, dropped = cache
    shape = dy.shape
    dy = dy.reshape(qs.shape)
    dv = Pd.swapaxes(-1, -2) @ dy                               # (B1)
    dP = dy @ v.swapaxes(-1, -2)                                # (B2)
    if dropped is not None:
        (dP,) = dropout_backward(dP, dropped)                   # (B3)
    dscores = P * (dP - (P * dP).sum(axis=-1, keepdims=True))   # (B4)
    dq = (dscores @ k).reshape(shape)                           # (B5)
    dk = dscores.swapaxes(-1, -2) @ qs                          # (B6)
    return dq, dk, dv
