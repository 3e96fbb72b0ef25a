"""All l triplets are returned. The sketch is wider than asked for, so that the first r come out well; cut back to r.

fails at: sigma (randomized:R3), U U^T (randomized:R3), V V^T (randomized:R3), U diag(sigma) V^T (randomized:R3)
cause: the oversampling kept
"""

import numpy as np


def sketched_svd(W, Omega, rank, n_iter=2):
    Q, _ = np.linalg.qr(W @ Omega)                          # (R1)
    for _ in range(n_iter):
        Q, _ = np.linalg.qr(W @ np.linalg.qr(W.T @ Q)[0])   # (R2)
    U, sigma, Vt = np.linalg.svd(Q.T @ W, full_matrices=False)      # (R3)
    return Q @ U, sigma, Vt
