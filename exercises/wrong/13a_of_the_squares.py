"""p is made from the squared singular values. (K1) takes them as they are; of the squares it is another number.

fails at: effective rank (ranks:K1)
cause: another definition
"""

import numpy as np

from minilora.lowrank.truncation import singular_values


def effective_rank(W):
    sigma = singular_values(W)
    if sigma[0] == 0:
        return 0.0
    p = sigma**2 / (sigma**2).sum()
    return float(np.exp(-(p * np.log(np.where(p > 0, p, 1))).sum()))        # (K1)
