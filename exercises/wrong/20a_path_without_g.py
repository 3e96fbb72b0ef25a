"""What comes from above goes into the low-rank path without g: du is g dy, for the frozen part and the path alike.

fails at: dx (dora:B3), dA (dora:B8), dB (dora:B9)
cause: a factor for each output
"""

from minilora.ops.dora import dora_forward
from minilora.ops.form import rows


def dora_backward(dy, cache, needs=None):
    x, Z, u, A, B, V, n, g, s, detached = cache
    du = dy * g                                         # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dx = dZ @ A                                         # (B3)
    dg = (rows(dy) * rows(u)).sum(axis=0)               # (B4)
    dm = dg / n                                         # (B5)
    dn = -dg * g / n                                    # (B6)
    dV = (dn / n)[:, None] * V                          # (B7)
    dA = rows(dZ).T @ rows(x) + s * (B.T @ dV)          # (B8)
    dB = s * (rows(dy).T @ rows(Z)) + s * (dV @ A.T)    # (B9)
    return du, dx, dV, dA, dB, dm
