"""The edges of the squares, the eigenvalues of W^T W. The singular values are their roots.

fails at: lower (noise:N2), upper (noise:N1)
cause: squares for the values
"""

import numpy as np


def noise_edges(m, n, sigma):
    upper = sigma**2 * (np.sqrt(m) + np.sqrt(n)) ** 2  # (N1)
    lower = sigma**2 * (np.sqrt(m) - np.sqrt(n)) ** 2  # (N2)
    return lower, upper
