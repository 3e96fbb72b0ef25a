"""The lengths of a column and of a row of noise. Directions can be found that W stretches by more, and by less.

fails at: lower (noise:N2), upper (noise:N1)
cause: the length of a column for the norm
"""

import numpy as np


def noise_edges(m, n, sigma):
    upper = sigma * np.sqrt(max(m, n))  # (N1)
    lower = sigma * np.sqrt(min(m, n))  # (N2)
    return lower, upper
