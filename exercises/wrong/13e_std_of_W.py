"""sigma is the standard deviation of the entries. The strong directions are in it: the median hardly feels them.

fails at: sigma (noise:N4), threshold (noise:N5)
cause: signal counted as noise
"""

import math

from minilora.lowrank.noise import TRACY_WIDOM_99
from minilora.lowrank.truncation import singular_values


def beyond_noise(W, sigma=None):
    values, (m, n) = singular_values(W), W.shape
    sigma = float(W.std()) if sigma is None else sigma      # (N4)
    a, b = math.sqrt(m - 0.5), math.sqrt(n - 0.5)
    threshold = sigma * math.sqrt((a + b) ** 2 + TRACY_WIDOM_99 * (a + b) * (1 / a + 1 / b) ** (1 / 3))     # (N5)
    return int((values > threshold).sum()), threshold, sigma
