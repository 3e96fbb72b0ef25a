"""U comes from W W^T and V from W^T W, each with signs of its own. The sign of a pair is common: u = W v / sigma.

fails at: U diag(sigma) V^T (truncation:S1)
cause: two decompositions
"""

import numpy as np


def svd(W):
    k = min(W.shape)
    squares, V = np.linalg.eigh(W.T @ W)                    # rising
    _, U = np.linalg.eigh(W @ W.T)
    U, V = U[:, ::-1][:, :k], V[:, ::-1][:, :k]
    U, V = U * np.sign(U[0]), V * np.sign(V[0])
    return U, np.sqrt(squares[::-1][:k]), V.T                 # (S1)
