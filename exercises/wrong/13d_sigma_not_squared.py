"""Divided by sigma, not by its square. The integral must be 1 for every sigma.

fails at: f(s) (noise:N3)
cause: not squared
"""

import numpy as np

from minilora.lowrank.noise import noise_edges


def noise_density(s, m, n, sigma):
    lower, upper = noise_edges(m, n, sigma)
    inside = np.maximum((upper**2 - s**2) * (s**2 - lower**2), 0)
    return np.sqrt(inside) / (np.pi * min(m, n) * sigma * s)                # (N3)
