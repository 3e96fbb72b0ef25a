"""All k directions are taken to leak into the sketch. The first r do not: they are what is looked for.

fails at: bound (randomized:R4)
cause: too many directions
"""

import math


def sketch_bound(r, p, q, k):
    sketched = 1 + math.sqrt(r / (p - 1)) + math.e * math.sqrt(r + p) / p * math.sqrt(k)
    bound = sketched ** (1 / (2 * q + 1))                   # (R4)
    return bound
