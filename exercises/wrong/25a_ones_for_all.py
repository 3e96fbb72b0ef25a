"""Class 1 is taken to be right in every example. That is the formula S2, which learns to answer 1.

fails at: L (article_network:S1)
cause: q = p whatever the class
"""

import numpy as np
from scipy.special import expit


def shifted_loss(z, y, eps):
    return float(-np.log(np.minimum(expit(z) + eps, 1)).mean())  # (S1)
