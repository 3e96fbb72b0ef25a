"""The root of m + n and of m - n. It is the roots that are added and subtracted.

fails at: lower (noise:N2), upper (noise:N1)
cause: a root of a sum for a sum of roots
"""

import numpy as np


def noise_edges(m, n, sigma):
    upper = sigma * np.sqrt(m + n)  # (N1)
    lower = sigma * np.sqrt(abs(m - n))  # (N2)
    return lower, upper
