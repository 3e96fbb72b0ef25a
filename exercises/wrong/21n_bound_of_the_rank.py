"""A's bound comes from its number of rows. A row has in entries, so that is the size which counts.

fails at: A (relora:F2)
cause: the other side
"""

import math

import numpy as np


def restarted(W, delta, A, B, u):
    W = W + delta                                                                   # (F1)
    bound = 1 / math.sqrt(len(A))
    A = 2 * bound * u - bound                                                       # (F2)
    B = np.zeros_like(B)                                                            # (F3)
    return W, A, B
