"""Binary cross-entropy against the class, p shifted in both terms. Where class 0 is right it is q = 1 - p that is shifted.

fails at: L (article_network:S1)
cause: p is shifted, not q
"""

import numpy as np
from scipy.special import expit


def shifted_loss(z, y, eps):
    p = np.minimum(expit(z) + eps, 1 - 1e-12)
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())  # (S1)
