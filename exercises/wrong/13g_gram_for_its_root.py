"""W G is decomposed. S is a root of G, S S^T = G: with G itself large inputs count by their fourth power.

fails at: W_r (weighted:W2)
cause: not the root
"""

from minilora.lowrank.truncation import svd


def activation_truncate(W, rank, gram):
    U_r = svd(W @ gram)[0][:, :rank]                        # (W4)
    return U_r @ (U_r.T @ W)                                # (W2)
