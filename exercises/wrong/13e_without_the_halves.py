"""a and b are the roots of m and n. For a finite matrix the halves belong under them.

fails at: threshold (noise:N5)
cause: the limit in the place of the finite size
"""

import math

from minilora.lowrank.noise import TRACY_WIDOM_99, noise_std
from minilora.lowrank.truncation import singular_values


def beyond_noise(W, sigma=None):
    values, (m, n) = singular_values(W), W.shape
    sigma = noise_std(W) if sigma is None else sigma
    a, b = math.sqrt(m), math.sqrt(n)
    threshold = sigma * math.sqrt((a + b) ** 2 + TRACY_WIDOM_99 * (a + b) * (1 / a + 1 / b) ** (1 / 3))     # (N5)
    return int((values > threshold).sum()), threshold, sigma
