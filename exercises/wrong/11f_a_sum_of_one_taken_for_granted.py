"""The sum is taken to be 1. Where it is less, a u above it draws a place beyond the last, which was cut off.

fails at: j (generation:F5)
cause: the sum forgotten
"""

import numpy as np


def drawn(P, u):
    cumulative = np.cumsum(P, axis=-1)
    j = (cumulative <= u).sum(axis=-1)                 # (F5)
    return j
