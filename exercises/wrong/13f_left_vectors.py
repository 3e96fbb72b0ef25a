"""W is projected on the left singular vectors of D W. Those live in the weighed outputs; the right ones are untouched by D.

fails at: W_r (weighted:W1)
cause: the wrong side
"""

import numpy as np

from minilora.lowrank.truncation import svd


def fisher_truncate(W, rank, fisher):
    D = np.sqrt(fisher.sum(axis=1))                         # (W3)
    U_r = svd(D[:, None] * W)[0][:, :rank]
    return U_r @ (U_r.T @ W)                                # (W1)
