"""Divided by the larger side. There are min(m, n) singular values, and the density is one of these.

fails at: f(s) (noise:N3)
cause: the wrong side
"""

import numpy as np

from minilora.lowrank.noise import noise_edges


def noise_density(s, m, n, sigma):
    lower, upper = noise_edges(m, n, sigma)
    inside = np.maximum((upper**2 - s**2) * (s**2 - lower**2), 0)
    return np.sqrt(inside) / (np.pi * max(m, n) * sigma**2 * s)             # (N3)
