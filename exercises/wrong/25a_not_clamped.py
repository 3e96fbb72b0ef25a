"""The shifted probability is not clamped at 1, and the loss goes below 0.

fails at: L (article_network:S1)
cause: no clamp
"""

import numpy as np
from scipy.special import expit


def shifted_loss(z, y, eps):
    q = expit(np.where(y == 1, z, -z))
    return float(-np.log(q + eps).mean())  # (S1)
