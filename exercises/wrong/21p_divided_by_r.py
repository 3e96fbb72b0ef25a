"""z is divided by r, which makes the variance 1/r^2. It is the variance that is 1/r.

fails at: P (projected:F5)
cause: variance for deviation
"""

import numpy as np


def flora_draw(z, m):
    P = z / z.shape[1]                         # (F5)
    m = np.zeros_like(m)                       # (F6)
    return P, m
