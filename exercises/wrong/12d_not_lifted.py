"""The small matrix's left singular vectors are returned, (l, r). They are coordinates in Q: U = Q U_small, (m, r).

fails at: U U^T (randomized:R3), U diag(sigma) V^T (randomized:R3)
cause: coordinates taken for vectors
"""

import numpy as np


def sketched_svd(W, Omega, rank, n_iter=2):
    Q, _ = np.linalg.qr(W @ Omega)                          # (R1)
    for _ in range(n_iter):
        Q, _ = np.linalg.qr(W @ np.linalg.qr(W.T @ Q)[0])   # (R2)
    U, sigma, Vt = np.linalg.svd(Q.T @ W, full_matrices=False)      # (R3)
    return U[:, :rank], sigma[:rank], Vt[:rank]
