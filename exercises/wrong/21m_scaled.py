"""The directions are multiplied by their singular values: P is no longer orthonormal, and P P^T G no projection of G.

fails at: P P^T (projected:F4), P^T P (projected:F4)
cause: scaled
"""

import numpy as np


def leading_directions(G, r):
    U, sigma, _ = np.linalg.svd(G, full_matrices=False)
    P = U[:, :r] * sigma[:r]                                        # (F4)
    return P
