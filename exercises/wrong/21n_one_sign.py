"""The numbers from 0 to 1 are only scaled, so all of A is positive and its mean is not zero.

fails at: A (relora:F2)
cause: not centred
"""

import math

import numpy as np


def restarted(W, delta, A, B, u):
    W = W + delta                                                                   # (F1)
    bound = 1 / math.sqrt(A.shape[1])
    A = bound * u                                                                   # (F2)
    B = np.zeros_like(B)                                                            # (F3)
    return W, A, B
