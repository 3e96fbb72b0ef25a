"""dP lacks the scale s: H in the cache has not met it yet, so it has to be written out.

fails at: dP (adalora:B1)
cause: wrong_scale
"""

from minilora.ops.adalora import adalora_forward
from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows


def adalora_backward(dy, cache, needs=None):
    xd, Z, H, P, lam, Q, s, dropped = cache
    dP = rows(dy).T @ rows(H)                     # (B1)
    dH = s * (dy @ P)                                   # (B2)
    dlam = (rows(dH) * rows(Z)).sum(axis=0)             # (B3)
    dZ = dH * lam                                       # (B4)
    dQ = rows(dZ).T @ rows(xd)                          # (B5)
    dx = dZ @ Q                                         # (B6)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B7)
    return dx, dP, dlam, dQ
