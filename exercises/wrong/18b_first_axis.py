"""B is stacked along its first axis, as A is. Its ranks lie along the second.

fails at: B A (combine:C1), rank (combine:C1)
cause: the axis of B
"""

import numpy as np


def cat(A1, B1, A2, B2):
    return np.concatenate([A1, A2]), np.concatenate([B1, B2])       # (C1)
