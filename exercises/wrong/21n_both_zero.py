"""A is set to zero as well. Then both gradients are zero, and nothing ever moves again.

fails at: A (relora:F2)
cause: a dead start
"""

import numpy as np


def restarted(W, delta, A, B, u):
    W = W + delta                                                                   # (F1)
    A = np.zeros_like(A)                                                            # (F2)
    B = np.zeros_like(B)                                                            # (F3)
    return W, A, B
