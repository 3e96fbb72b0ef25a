"""Rows are weighed by the sum of F. The error is squared later, so D holds its root.

fails at: W_r (weighted:W1)
cause: not the root
"""

from minilora.lowrank.truncation import svd


def fisher_truncate(W, rank, fisher):
    D = fisher.sum(axis=1)                                  # (W3)
    V_r = svd(D[:, None] * W)[2][:rank].T
    return W @ V_r @ V_r.T                                  # (W1)
