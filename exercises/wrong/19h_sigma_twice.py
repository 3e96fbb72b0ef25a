"""Both factors get all of sigma, so that it stands in the product twice. Each gets the root.

fails at: B A (gauge:G3), A A^T (gauge:G3), B^T B (gauge:G3)
cause: the root left out
"""

import numpy as np


def balanced(A, B):
    Q_A, R_A = np.linalg.qr(A.T)
    Q_B, R_B = np.linalg.qr(B)
    U, sigma, Vt = np.linalg.svd(R_B @ R_A.T)
    return sigma[:, None] * (Vt @ Q_A.T), Q_B @ U * sigma
