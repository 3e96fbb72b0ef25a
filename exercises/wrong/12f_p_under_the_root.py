"""p stands under the root with l. The bound falls with p itself: that is what oversampling buys.

fails at: bound (randomized:R4)
cause: under the root
"""

import math


def sketch_bound(r, p, q, k):
    sketched = 1 + math.sqrt(r / (p - 1)) + math.e * math.sqrt((r + p) / p) * math.sqrt(k - r)
    bound = sketched ** (1 / (2 * q + 1))                   # (R4)
    return bound
