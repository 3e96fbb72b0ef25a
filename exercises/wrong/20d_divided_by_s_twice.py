"""Each factor is divided by s, so that the product is divided by its square: each takes the root of s.

fails at: A (pissa:S1), B (pissa:S2), B A (pissa:S2)
cause: no root of s
"""

from minilora.lowrank import svd


def pissa_start(W, r, s=1.0):
    U, sigma, Vt = svd(W)
    root = sigma[:r] ** 0.5 / s
    A = root[:, None] * Vt[:r]                          # (S1)
    B = U[:, :r] * root                                 # (S2)
    return A, B
