"""The factor is the mean of the ratios. A small n has as much say in it as a large one, and its ratio is mostly rounding.

fails at: factor (fitting:L1)
cause: not the least squares
"""

import numpy as np


def ratio(a, n):
    factor = float((a / n).mean())                               # (L1)
    large = np.abs(n) > 1e-3 * np.abs(n).max()
    ratios = a[large] / n[large]
    spread = float(np.ptp(ratios) / np.abs(np.median(ratios)))   # (L2)
    return factor, spread
