"""The last r triplets are taken: svd returns the singular values falling, the largest come first.

fails at: A (pissa:S1), B (pissa:S2), B A (pissa:S2)
cause: the wrong end
"""

import math

from minilora.lowrank import svd


def pissa_start(W, r, s=1.0):
    U, sigma, Vt = svd(W)
    root = sigma[-r:] ** 0.5 / math.sqrt(s)
    A = root[:, None] * Vt[-r:]                         # (S1)
    B = U[:, -r:] * root                                # (S2)
    return A, B
