"""The r longest columns of W are kept and the others set to zero. That has rank r, but singular directions do better.

fails at: W_r (truncation:S2)
cause: columns taken for directions
"""

import numpy as np


def truncate(W, rank):
    kept = np.argsort((W * W).sum(axis=0))[-rank:]
    W_r = np.zeros_like(W)
    W_r[:, kept] = W[:, kept]                               # (S2)
    return W_r
