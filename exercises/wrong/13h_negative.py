"""A wide matrix gets a negative lower edge. Singular values are the same for W and its transpose, and not negative.

fails at: lower (noise:N2)
cause: the larger side is not always m
"""

import numpy as np


def noise_edges(m, n, sigma):
    upper = sigma * (np.sqrt(m) + np.sqrt(n))  # (N1)
    lower = sigma * (np.sqrt(m) - np.sqrt(n))  # (N2)
    return lower, upper
