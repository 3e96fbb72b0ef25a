"""A is made of R's first columns, transposed. Term i of Q R is column i of Q times row i of R.

fails at: A (olora:S1), B A (olora:S2)
cause: rows and columns swapped
"""

import numpy as np


def olora_start(W, r):
    Q, R = np.linalg.qr(W)
    A = R[:, :r].T                                      # (S1)
    B = Q[:, :r]                                        # (S2)
    return A, B
