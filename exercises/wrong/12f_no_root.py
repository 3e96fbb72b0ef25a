"""The power passes are left out. They are what brings the bound down, as the (2 q + 1)-th root of what it was.

fails at: bound (randomized:R4)
cause: a formula left out
"""

import math


def sketch_bound(r, p, q, k):
    sketched = 1 + math.sqrt(r / (p - 1)) + math.e * math.sqrt(r + p) / p * math.sqrt(k - r)
    bound = sketched                   # (R4)
    return bound
