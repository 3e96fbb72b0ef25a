"""sigma is divided by its largest value. The p must sum to one, as probabilities do: divide by the sum.

fails at: effective rank (ranks:K1)
cause: not normalised
"""

import numpy as np

from minilora.lowrank.truncation import singular_values


def effective_rank(W):
    sigma = singular_values(W)
    if sigma[0] == 0:
        return 0.0
    p = sigma / sigma[0]
    return float(np.exp(-(p * np.log(np.where(p > 0, p, 1))).sum()))        # (K1)
