"""B is made of Q's first rows. Its orthonormal vectors are the columns.

fails at: B (olora:S2), B A (olora:S2)
cause: rows and columns swapped
"""

import numpy as np


def olora_start(W, r):
    Q, R = np.linalg.qr(W)
    A = R[:r]                                           # (S1)
    B = Q[:r].T                                         # (S2)
    return A, B
