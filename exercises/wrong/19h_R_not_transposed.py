"""A = R_A^T Q_A^T, so between the frames stands R_B R_A^T. Without the transpose it is another matrix.

fails at: B A (gauge:G3), A A^T (gauge:G3), B^T B (gauge:G3)
cause: a transpose left out
"""

import numpy as np


def balanced(A, B):
    Q_A, R_A = np.linalg.qr(A.T)
    Q_B, R_B = np.linalg.qr(B)
    U, sigma, Vt = np.linalg.svd(R_B @ R_A)
    root = np.sqrt(sigma)
    return root[:, None] * (Vt @ Q_A.T), Q_B @ U * root
