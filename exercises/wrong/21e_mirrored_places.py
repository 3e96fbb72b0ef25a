"""dM is read at (col, row), the mirrored places. On the main diagonal nobody would notice.

fails at: dM (svft:B3)
cause: reshaped
"""

from minilora.ops.form import rows
from minilora.ops.svft import svft_forward


def svft_backward(dy, cache, needs=None):
    x, Z, H, U, V, M_full, row, col, s = cache
    dU = rows(dy).T @ (s * rows(H))                     # (B1)
    dH = s * (dy @ U)                                   # (B2)
    dM = (rows(dH).T @ rows(Z))[col, row]               # (B3)
    dZ = dH @ M_full                                    # (B4)
    dV = rows(x).T @ rows(dZ)                           # (B5)
    dx = dZ @ V.T                                       # (B6)
    return dx, dU, dV, dM
