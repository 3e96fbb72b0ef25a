"""W v is returned for u. It has the length sigma: divide by it, or sigma is in the product twice.

fails at: U U^T (truncation:S1), U diag(sigma) V^T (truncation:S1)
cause: not normalised
"""

import numpy as np


def svd(W):
    k = min(W.shape)
    squares, V = np.linalg.eigh(W.T @ W)                    # rising
    sigma, V = np.sqrt(squares[::-1][:k]), V[:, ::-1][:, :k]
    return W @ V, sigma, V.T                                # (S1)
