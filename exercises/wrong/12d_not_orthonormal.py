"""W Omega is used as it is. Q Q^T is a projection only if Q's columns are orthonormal.

fails at: sigma (randomized:R3), U U^T (randomized:R3), V V^T (randomized:R3), U diag(sigma) V^T (randomized:R3)
cause: no orthonormal basis
"""

import numpy as np


def sketched_svd(W, Omega, rank, n_iter=2):
    Q = W @ Omega                                           # (R1)
    for _ in range(n_iter):
        Q = W @ (W.T @ Q)                                   # (R2)
    U, sigma, Vt = np.linalg.svd(Q.T @ W, full_matrices=False)      # (R3)
    return Q @ U[:, :rank], sigma[:rank], Vt[:rank]
