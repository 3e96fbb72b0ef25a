"""The squared threshold is returned, and the values are compared with it. (N5) gives the square: take the root.

fails at: threshold (noise:N5)
cause: a root left out
"""

import math

from minilora.lowrank.noise import TRACY_WIDOM_99, noise_std
from minilora.lowrank.truncation import singular_values


def beyond_noise(W, sigma=None):
    values, (m, n) = singular_values(W), W.shape
    sigma = noise_std(W) if sigma is None else sigma
    a, b = math.sqrt(m - 0.5), math.sqrt(n - 0.5)
    threshold = sigma**2 * ((a + b) ** 2 + TRACY_WIDOM_99 * (a + b) * (1 / a + 1 / b) ** (1 / 3))           # (N5)
    return int((values > threshold).sum()), threshold, sigma
