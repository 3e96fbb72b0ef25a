"""Outside the edges the product under the root is negative; its absolute value is taken. The density is 0 there.

fails at: f(s) (noise:N3)
cause: outside the edges
"""

import numpy as np

from minilora.lowrank.noise import lower_noise_edge, noise_edge


def noise_density(s, m, n, sigma):
    lower, upper = lower_noise_edge(m, n, sigma), noise_edge(m, n, sigma)
    inside = np.abs((upper**2 - s**2) * (s**2 - lower**2))
    return np.sqrt(inside) / (np.pi * min(m, n) * sigma**2 * s)             # (N3)
