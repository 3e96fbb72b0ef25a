"""All of sigma goes to B. The product is right, but the factors are not equally large: each gets the root.

fails at: A A^T (truncation:S5), B^T B (truncation:S5)
cause: not balanced
"""

from minilora.lowrank.truncation import svd


def factors(W, rank):
    U, sigma, Vt = svd(W)
    return Vt[:rank], U[:, :rank] * sigma[:rank]            # (S5)
