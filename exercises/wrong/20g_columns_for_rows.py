"""Columns of V^T are taken for the singular vectors. They are its rows.

fails at: A (eva:S1)
cause: rows and columns swapped
"""

import numpy as np


def eva_start(X, r):
    _, _, Vt = np.linalg.svd(X)
    A = Vt[:, :r].T                                     # (S1)
    return A
