"""The density of s^2, taken at s^2. For s itself there is a factor 2 s: d(s^2) = 2 s ds.

fails at: f(s) (noise:N3)
cause: a change of variables without its factor
"""

import numpy as np

from minilora.lowrank.noise import noise_edges


def noise_density(s, m, n, sigma):
    lower, upper = noise_edges(m, n, sigma)
    inside = np.maximum((upper**2 - s**2) * (s**2 - lower**2), 0)
    return np.sqrt(inside) / (2 * np.pi * min(m, n) * sigma**2 * s**2)      # (N3)
