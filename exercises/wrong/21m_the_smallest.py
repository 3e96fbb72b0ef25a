"""The last r singular vectors are taken, those of the smallest singular values.

fails at: P P^T (projected:F4)
cause: the other end
"""

import numpy as np


def leading_directions(G, r):
    U, _, _ = np.linalg.svd(G, full_matrices=False)
    P = U[:, -r:]                                       # (F4)
    return P
