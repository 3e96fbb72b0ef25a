"""The power passes are left out. They are what makes the sketch accurate where the spectrum falls slowly.

fails at: sigma (randomized:R3), U U^T (randomized:R3), V V^T (randomized:R3), U diag(sigma) V^T (randomized:R3)
cause: a formula left out
"""

import numpy as np


def sketched_svd(W, Omega, rank, n_iter=2):
    Q, _ = np.linalg.qr(W @ Omega)                          # (R1)
    U, sigma, Vt = np.linalg.svd(Q.T @ W, full_matrices=False)      # (R3)
    return Q @ U[:, :rank], sigma[:rank], Vt[:rank]
