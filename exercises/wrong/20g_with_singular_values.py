"""The rows are multiplied by the singular values. They shall be orthonormal, as if all directions were of one size.

fails at: A (eva:S1)
cause: lengths that do not belong there
"""

from minilora import lowrank


def eva_start(X, r):
    _, sigma, Vt = lowrank.svd(X)
    A = sigma[:r, None] * Vt[:r]                        # (S1)
    return A
