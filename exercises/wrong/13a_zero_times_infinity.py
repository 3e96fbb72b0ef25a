"""A singular value of zero gives 0 log 0, which is NaN for the computer. It counts as 0, its limit.

fails at: effective rank (ranks:K1)
cause: 0 log 0
"""

import numpy as np

from minilora.lowrank.truncation import singular_values


def effective_rank(W):
    sigma = singular_values(W)
    if sigma[0] == 0:
        return 0.0
    p = sigma / sigma.sum()
    with np.errstate(all="ignore"):
        return float(np.exp(-(p * np.log(p)).sum()))                        # (K1)
