"""All of sigma goes to B. The product is right, but A then has rows of length 1 and B all the work: no balance.

fails at: A A^T (gauge:G3), B^T B (gauge:G3)
cause: not balanced
"""

import numpy as np


def balanced(A, B):
    Q_A, R_A = np.linalg.qr(A.T)
    Q_B, R_B = np.linalg.qr(B)
    U, sigma, Vt = np.linalg.svd(R_B @ R_A.T)
    return Vt @ Q_A.T, Q_B @ U * sigma
