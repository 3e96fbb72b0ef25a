"""The right singular vectors are taken: they live on the long side, and P^T G would not fit.

fails at: P P^T (projected:F4)
cause: wrong side
"""

import numpy as np


def leading_directions(G, r):
    _, _, Vt = np.linalg.svd(G, full_matrices=False)
    P = Vt[:r].T                                        # (F4)
    return P
