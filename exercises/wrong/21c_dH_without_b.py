"""dH leaves out b, the last factor of the forward, and so the first on the way back.

fails at: dx (vera:B9), dA (vera:B7), dB (vera:B3), dd (vera:B5)
cause: missing_feature_factor
"""

from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows
from minilora.ops.vera import vera_forward


def vera_backward(dy, cache, needs=None):
    xd, Z, Zd, H, A, B, d, b, s, dropped = cache
    db = s * (rows(dy) * rows(H)).sum(axis=0)           # (B1)
    dH = dy * s                                         # (B2)
    dB = rows(dH).T @ rows(Zd)                          # (B3)
    dZd = dH @ B                                        # (B4)
    dd = (rows(dZd) * rows(Z)).sum(axis=0)              # (B5)
    dZ = dZd * d                                        # (B6)
    dA = rows(dZ).T @ rows(xd)                          # (B7)
    dx = dZ @ A                                         # (B8)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B9)
    return dx, dA, dB, dd, db
