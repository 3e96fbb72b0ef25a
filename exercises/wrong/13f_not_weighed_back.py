"""The best approximation of D W is returned. It must come back to W's scale: D^-1 (D W)_r.

fails at: W_r (weighted:W1)
cause: not weighed back
"""

import numpy as np

from minilora.lowrank.truncation import svd


def fisher_truncate(W, rank, fisher):
    D = np.sqrt(fisher.sum(axis=1))                         # (W3)
    U, sigma, Vt = svd(D[:, None] * W)
    return (U[:, :rank] * sigma[:rank]) @ Vt[:rank]         # (W1)
