"""The zero matrix gives 0 / 0. Its rank is 0, and so its stable rank is defined.

fails at: stable rank (ranks:K2)
cause: 0 / 0
"""

import numpy as np

from minilora.lowrank.truncation import singular_values


def stable_rank(W):
    sigma = singular_values(W)
    with np.errstate(all="ignore"):
        return float((sigma**2).sum() / sigma[0] ** 2)                      # (K2)
