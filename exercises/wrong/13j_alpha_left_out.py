"""The magnitudes are the weights as they are. Each is to be raised to alpha.

fails at: W_r (weighted:W2)
cause: the exponent left out
"""

from minilora.lowrank.truncation import svd


def diagonal_truncate(W, rank, magnitudes, alpha=0.5):
    U_r = svd(W * magnitudes)[0][:, :rank]  # (W5)
    return U_r @ (U_r.T @ W)  # (W2)
