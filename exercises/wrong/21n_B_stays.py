"""B is kept while A is drawn anew: s B A is then a random change that nobody trained, and the function moves.

fails at: B (relora:F3)
cause: not zero
"""

import math

import numpy as np


def restarted(W, delta, A, B, u):
    W = W + delta                                                                   # (F1)
    bound = 1 / math.sqrt(A.shape[1])
    A = 2 * bound * u - bound                                                       # (F2)
    B = B.copy()                                                                    # (F3)
    return W, A, B
