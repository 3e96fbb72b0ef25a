"""W is projected on the right singular vectors of W S. Those live in the weighed inputs; the left ones are untouched by S.

fails at: W_r (weighted:W2)
cause: the wrong side
"""

from minilora.lowrank.truncation import svd


def diagonal_truncate(W, rank, magnitudes, alpha=0.5):
    V_r = svd(W * magnitudes**alpha)[2][:rank].T  # (W5)
    return W @ V_r @ V_r.T  # (W2)
