"""dlam is dH times H, which has lam in it already. The factor beside lam in H = Z lam is Z.

fails at: dlam (adalora:B3)
cause: missing_feature_factor
"""

from minilora.ops.adalora import adalora_forward
from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows


def adalora_backward(dy, cache, needs=None):
    xd, Z, H, P, lam, Q, s, dropped = cache
    dP = rows(dy).T @ (s * rows(H))                     # (B1)
    dH = s * (dy @ P)                                   # (B2)
    dlam = (rows(dH) * rows(H)).sum(axis=0)             # (B3)
    dZ = dH * lam                                       # (B4)
    dQ = rows(dZ).T @ rows(xd)                          # (B5)
    dx = dZ @ Q                                         # (B6)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B7)
    return dx, dP, dlam, dQ
