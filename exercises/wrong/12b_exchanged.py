"""B is returned first. A (r, n) comes first, then B (m, r).

fails at: B A (truncation:S5), A A^T (truncation:S5), B^T B (truncation:S5)
cause: the order of the results
"""

from minilora.lowrank.truncation import svd


def factors(W, rank):
    U, sigma, Vt = svd(W)
    root = sigma[:rank] ** 0.5
    return U[:, :rank] * root, root[:, None] * Vt[:rank]    # (S5)
