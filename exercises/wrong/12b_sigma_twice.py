"""Both factors get all of sigma, so the product has sigma squared. Each gets the root.

fails at: B A (truncation:S5), A A^T (truncation:S5), B^T B (truncation:S5)
cause: sigma counted twice
"""

from minilora.lowrank.truncation import svd


def factors(W, rank):
    U, sigma, Vt = svd(W)
    return sigma[:rank, None] * Vt[:rank], U[:, :rank] * sigma[:rank]       # (S5)
