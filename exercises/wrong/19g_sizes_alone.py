"""Only the diagonal is returned. The angles between the rows of A and between the columns of B are tied together as well.

fails at: M (gauge:G2)
cause: only the diagonal
"""

import numpy as np


def balance(A, B, ratio=1.0):
    return np.diag((B * B).sum(axis=0) - ratio * (A * A).sum(axis=1))
