"""A has the whole singular values and B none: the product is right, but the two factors are not equally large.

fails at: A (pissa:S1), B (pissa:S2)
cause: shared unequally
"""

import math

from minilora.lowrank import svd


def pissa_start(W, r, s=1.0):
    U, sigma, Vt = svd(W)
    A = sigma[:r, None] * Vt[:r] / s                    # (S1)
    B = U[:, :r]                                        # (S2)
    return A, B
