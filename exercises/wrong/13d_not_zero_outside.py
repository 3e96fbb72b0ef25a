"""Outside the edges the product under the root is negative; its absolute value is taken. The density is 0 there.

fails at: f(s) (noise:N3)
cause: outside the edges
"""

import numpy as np

from minilora.lowrank.noise import noise_edges


def noise_density(s, m, n, sigma):
    lower, upper = noise_edges(m, n, sigma)
    inside = np.abs((upper**2 - s**2) * (s**2 - lower**2))
    return np.sqrt(inside) / (np.pi * min(m, n) * sigma**2 * s)             # (N3)
