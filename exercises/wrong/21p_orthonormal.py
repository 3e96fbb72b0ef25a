"""The columns are made orthonormal. P P^T is a projection then, and only r/short of the identity in the mean.

fails at: P (projected:F5)
cause: orthonormal
"""

import numpy as np


def flora_draw(z, m):
    P = np.linalg.qr(z)[0]                     # (F5)
    m = np.zeros_like(m)                       # (F6)
    return P, m
