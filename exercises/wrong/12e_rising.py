"""eigh returns the eigenvalues in rising order. The decomposition begins with the largest, and of a wide matrix only those count.

fails at: sigma (truncation:S1), U U^T (truncation:S1), V V^T (truncation:S1), U diag(sigma) V^T (truncation:S1)
cause: the wrong order
"""

import numpy as np


def svd(W):
    k = min(W.shape)
    squares, V = np.linalg.eigh(W.T @ W)                    # rising
    sigma, V = np.sqrt(np.abs(squares[:k])), V[:, :k]
    return W @ V / sigma, sigma, V.T                        # (S1)
