"""The variance is 1/short, which would make P's columns of length 1. P P^T is a sum of r terms.

fails at: P (projected:F5)
cause: the other side
"""

import math

import numpy as np


def flora_draw(z, m):
    P = z / math.sqrt(len(z))                  # (F5)
    m = np.zeros_like(m)                       # (F6)
    return P, m
