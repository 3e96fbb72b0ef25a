"""The rows of P have been made of length 1. It is its columns, one for each entry of z.

fails at: theta (projection:J2)
cause: the other axis
"""

import numpy as np


def expand(z, seed, D):
    P = np.random.default_rng(seed).standard_normal((len(z), D)).T
    return P / np.linalg.norm(P, axis=1, keepdims=True) @ z  # (J2)
