"""The way of A and B through the length lacks s: V is W + s B A, so both terms of dA and of dB have one s.

fails at: dA (dora:B8), dB (dora:B9)
cause: a scale in one of two terms
"""

from minilora.ops.dora import dora_forward
from minilora.ops.form import rows


def dora_backward(dy, cache, needs=None):
    x, Z, u, A, B, V, n, g, s, detached = cache
    du = dy * g                                         # (B1)
    dZ = s * (du @ B)                                   # (B2)
    dx = dZ @ A                                         # (B3)
    dg = (rows(dy) * rows(u)).sum(axis=0)               # (B4)
    dm = dg / n                                         # (B5)
    dn = -dg * g / n                                    # (B6)
    dV = (dn / n)[:, None] * V                          # (B7)
    dA = rows(dZ).T @ rows(x) + B.T @ dV                # (B8)
    dB = s * (rows(du).T @ rows(Z)) + dV @ A.T          # (B9)
    return du, dx, dV, dA, dB, dm
