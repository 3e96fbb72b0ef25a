"""What should stay is cut, and what should go stays: M is True where a weight stays.

fails at: a (pruning:F3)
cause: the mask the wrong way round
"""

import numpy as np


def cut(a, M):
    return np.where(M, 0, a)                        # (F3)
