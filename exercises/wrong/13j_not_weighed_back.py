"""The best approximation of W S is returned. It must come back from the weighed inputs: U_r U_r^T W.

fails at: W_r (weighted:W2)
cause: not weighed back
"""

from minilora.lowrank.truncation import svd


def diagonal_truncate(W, rank, magnitudes, alpha=0.5):
    U, sigma, Vt = svd(W * magnitudes**alpha)  # (W5)
    return (U[:, :rank] * sigma[:rank]) @ Vt[:rank]  # (W2)
