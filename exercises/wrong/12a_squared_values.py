"""The terms are weighed by the squared singular values, which are the eigenvalues of W^T W. W has sigma itself.

fails at: W_r (truncation:S2)
cause: eigenvalues taken for singular values
"""

import numpy as np


def truncate(W, rank):
    values, V = np.linalg.eigh(W.T @ W)
    V = V[:, ::-1]
    U = svd_left(W, V[:, :rank])
    return (U * values[::-1][:rank]) @ V[:, :rank].T        # (S2)


def svd_left(W, V):
    U = W @ V
    return U / np.sqrt((U * U).sum(axis=0))
