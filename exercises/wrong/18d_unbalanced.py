"""All of the singular values go to B. The product is the best one, but the factors are not equally large.

fails at: A A^T (combine:C3), B^T B (combine:C3)
cause: not balanced
"""

import numpy as np

from minilora import lowrank


def recut(A, B, r):
    Q_B, R_B = np.linalg.qr(B)
    Q_A, R_A = np.linalg.qr(A.T)
    U, sigma, Vt = lowrank.svd(R_B @ R_A.T)
    return Vt[:r] @ Q_A.T, Q_B @ U[:, :r] * sigma[:r]       # (C3)
