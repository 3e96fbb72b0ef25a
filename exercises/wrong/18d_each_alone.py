"""Each factor is cut alone. The best part of a product is not the product of the best parts.

fails at: B A (combine:C3), A A^T (combine:C3), B^T B (combine:C3)
cause: cut apart
"""

from minilora import lowrank


def recut(A, B, r):
    _, sigma, Vt = lowrank.svd(A)
    U, tau, _ = lowrank.svd(B)
    root = (sigma[:r] * tau[:r]) ** 0.5
    return root[:, None] * Vt[:r], U[:, :r] * root          # (C3)
