"""The triangular matrices are multiplied the other way round. Between the two Qs stands R_B R_A^T.

fails at: B A (combine:C3)
cause: the middle the wrong way
"""

import numpy as np

from minilora import lowrank


def recut(A, B, r):
    Q_B, R_B = np.linalg.qr(B)
    Q_A, R_A = np.linalg.qr(A.T)
    A, B = lowrank.factors(R_A @ R_B.T, r)
    return A @ Q_A.T, Q_B @ B                               # (C3)
