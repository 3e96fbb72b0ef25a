"""The factors are added, the shorter one filled up with zeros. That is the linear combination, with cross terms.

fails at: B A (combine:C1), rank (combine:C1)
cause: added, not side by side
"""

import numpy as np


def cat(A1, B1, A2, B2):
    r = max(len(A1), len(A2))
    A1, A2 = (np.pad(A, ((0, r - len(A)), (0, 0))) for A in (A1, A2))
    B1, B2 = (np.pad(B, ((0, 0), (0, r - B.shape[1]))) for B in (B1, B2))
    return A1 + A2, B1 + B2                                 # (C1)
