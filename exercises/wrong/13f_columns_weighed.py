"""The columns are weighed, by sums over the rows. D stands to the left of W: one weight for each row.

fails at: W_r (weighted:W1)
cause: the wrong axis
"""

import numpy as np

from minilora.lowrank.truncation import svd


def fisher_truncate(W, rank, fisher):
    D = np.sqrt(fisher.sum(axis=0))                         # (W3)
    V_r = svd(W * D)[2][:rank].T
    return W @ V_r @ V_r.T                                  # (W1)
