"""The logarithm of the mean probability. The loss is the mean of the logarithms, each example for itself.

fails at: L (article_network:S1)
cause: mean before logarithm
"""

import numpy as np
from scipy.special import expit


def shifted_loss(z, y, eps):
    q = expit(np.where(y == 1, z, -z))
    return float(-np.log(np.minimum(q + eps, 1).mean()))  # (S1)
