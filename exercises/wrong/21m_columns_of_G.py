"""The first r columns of G are made orthonormal. They span what the first inputs need, not what all need most.

fails at: P P^T (projected:F4)
cause: QR for SVD
"""

import numpy as np


def leading_directions(G, r):
    Q, _ = np.linalg.qr(G)
    P = Q[:, :r]                                        # (F4)
    return P
