"""The largest entry stands for the spectral norm. That is the largest stretch, the largest singular value.

fails at: stable rank (ranks:K2)
cause: the wrong norm
"""

import numpy as np


def stable_rank(W):
    largest = np.abs(W).max()
    return float((W * W).sum() / largest**2) if largest > 0 else 0.0        # (K2)
