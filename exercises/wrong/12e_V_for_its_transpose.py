"""V is returned, its columns the right singular vectors. The third result is V^T, with a vector in each row.

fails at: sigma (truncation:S1), U U^T (truncation:S1), V V^T (truncation:S1), U diag(sigma) V^T (truncation:S1)
cause: V for V^T
"""

import numpy as np


def svd(W):
    k = min(W.shape)
    squares, V = np.linalg.eigh(W.T @ W)                    # rising
    sigma, V = np.sqrt(squares[::-1][:k]), V[:, ::-1][:, :k]
    return W @ V / sigma, sigma, V                          # (S1)
