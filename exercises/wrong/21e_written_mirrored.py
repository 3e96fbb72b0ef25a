"""The values are written to (col, row): M is transposed.

fails at: y (svft:F4)
cause: transposed factor
"""

import numpy as np

from minilora.ops.svft import svft_backward


def svft_forward(x, U, V, M, row, col, s=1.0):
    M_full = np.zeros((U.shape[1], U.shape[1]))
    M_full[col, row] = M                                # (F1)
    Z = x @ V                                           # (F2)
    H = Z @ M_full.T                                    # (F3)
    y = s * H @ U.T                                     # (F4)
    return y, (x, Z, H, U, V, M_full, row, col, s)
