"""The transpose is decomposed, so that A is orthonormal and B triangular: other factors, and another product.

fails at: A (olora:S1), B (olora:S2), B A (olora:S2)
cause: the transpose
"""

import numpy as np


def olora_start(W, r):
    Q, R = np.linalg.qr(W.T)
    A = Q[:, :r].T                                      # (S1)
    B = R[:r].T                                         # (S2)
    return A, B
