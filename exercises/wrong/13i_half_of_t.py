"""t is taken half of its way, at pi / 2. It is the share that must be one half, and t runs evenly along neither.

fails at: median (noise:N6)
cause: half of the variable for half of the share
"""

import numpy as np


def noise_median(m, n):
    p, beta = max(m, n), min(m, n) / max(m, n)
    return np.sqrt(p * (1 + beta + 2 * np.sqrt(beta) * np.cos(np.pi / 2)))
