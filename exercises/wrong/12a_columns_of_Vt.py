"""The first r columns of V^T are taken. The right singular vectors are its rows: V^T[:r].

fails at: W_r (truncation:S2)
cause: V taken for V^T
"""

from minilora.lowrank.truncation import svd


def truncate(W, rank):
    U, sigma, V = svd(W)
    return (U[:, :rank] * sigma[:rank]) @ V[:, :rank].T     # (S2)
