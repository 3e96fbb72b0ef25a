"""The entropy is in bits and the exponential in base e. Both must have the same base.

fails at: effective rank (ranks:K1)
cause: two bases
"""

import numpy as np

from minilora.lowrank.truncation import singular_values


def effective_rank(W):
    sigma = singular_values(W)
    if sigma[0] == 0:
        return 0.0
    p = sigma / sigma.sum()
    return float(np.exp(-(p * np.log2(np.where(p > 0, p, 1))).sum()))       # (K1)
