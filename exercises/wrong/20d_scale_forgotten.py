"""s is left out, so that s B A is s times the part of W that it shall be.

fails at: A (pissa:S1), B (pissa:S2), B A (pissa:S2)
cause: a missing scale
"""

from minilora.lowrank import svd


def pissa_start(W, r, s=1.0):
    U, sigma, Vt = svd(W)
    root = sigma[:r] ** 0.5
    A = root[:, None] * Vt[:r]                          # (S1)
    B = U[:, :r] * root                                 # (S2)
    return A, B
