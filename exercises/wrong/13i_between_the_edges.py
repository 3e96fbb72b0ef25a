"""The middle between the two edges. Half of the singular values lie below the median, which is another place.

fails at: median (noise:N6)
cause: a middle for a median
"""

import numpy as np


def noise_median(m, n):
    return (abs(np.sqrt(m) - np.sqrt(n)) + np.sqrt(m) + np.sqrt(n)) / 2
