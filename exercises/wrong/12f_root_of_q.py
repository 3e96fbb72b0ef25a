"""The root is of the order 2 q. W (W^T W)^q has the power 2 q + 1 of each singular value: W itself is one of the factors.

fails at: bound (randomized:R4)
cause: off by one
"""

import math


def sketch_bound(r, p, q, k):
    sketched = 1 + math.sqrt(r / (p - 1)) + math.e * math.sqrt(r + p) / p * math.sqrt(k - r)
    bound = sketched ** (1 / (2 * q or 1))                   # (R4)
    return bound
