"""The old change is dropped with its factors: W must take it in before they start again.

fails at: W (relora:F1)
cause: not merged
"""

import math

import numpy as np


def restarted(W, delta, A, B, u):
    W = W.copy()                                                                    # (F1)
    bound = 1 / math.sqrt(A.shape[1])
    A = 2 * bound * u - bound                                                       # (F2)
    B = np.zeros_like(B)                                                            # (F3)
    return W, A, B
