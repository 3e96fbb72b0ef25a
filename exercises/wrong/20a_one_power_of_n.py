"""dn is -dg m / n: the derivative of m / n by n has n squared below, which is -g / n.

fails at: dW (dora:B7), dA (dora:B8), dB (dora:B9)
cause: a factor for each row
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
    dn = -dg * g                                        # (B6)
    dV = (dn / n)[:, None] * V                          # (B7)
    dA = rows(dZ).T @ rows(x) + s * (B.T @ dV)          # (B8)
    dB = s * (rows(du).T @ rows(Z)) + s * (dV @ A.T)    # (B9)
    return du, dx, dV, dA, dB, dm
