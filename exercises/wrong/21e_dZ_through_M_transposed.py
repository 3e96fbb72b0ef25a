"""The way back goes through M^T. Forward has M^T, so backward has M.

fails at: dx (svft:B6), dV (svft:B5)
cause: transposed factor
"""

from minilora.ops.form import rows
from minilora.ops.svft import svft_forward


def svft_backward(dy, cache, needs=None):
    x, Z, H, U, V, M_full, row, col, s = cache
    dU = rows(dy).T @ (s * rows(H))                     # (B1)
    dH = s * (dy @ U)                                   # (B2)
    dM = (rows(dH).T @ rows(Z))[row, col]               # (B3)
    dZ = dH @ M_full.T                                  # (B4)
    dV = rows(x).T @ rows(dZ)                           # (B5)
    dx = dZ @ V.T                                       # (B6)
    return dx, dU, dV, dM
