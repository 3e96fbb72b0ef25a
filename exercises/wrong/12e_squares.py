"""The eigenvalues of W^T W are the squares of the singular values, and their root is not taken.

fails at: sigma (truncation:S1), U diag(sigma) V^T (truncation:S1)
cause: squares
"""

import numpy as np


def svd(W):
    k = min(W.shape)
    squares, V = np.linalg.eigh(W.T @ W)                    # rising
    squares, V = squares[::-1][:k], V[:, ::-1][:, :k]
    return W @ V / np.sqrt(squares), squares, V.T           # (S1)
