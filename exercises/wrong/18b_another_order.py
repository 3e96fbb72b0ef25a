"""The parts of B stand in another order than those of A, so that each column of B meets the other adapter's row.

fails at: B A (combine:C1)
cause: columns that meet the wrong rows
"""

import numpy as np


def cat(A1, B1, A2, B2):
    return np.concatenate([A1, A2]), np.concatenate([B2, B1], axis=1)       # (C1)
