"""The product is divided by the square of a: that is the inverse of the factor that takes a to n.

fails at: factor (fitting:L1)
cause: divided by the wrong one
"""

import numpy as np


def ratio(a, n):
    factor = float((a * n).sum() / (a * a).sum())                # (L1)
    large = np.abs(n) > 1e-3 * np.abs(n).max()
    ratios = a[large] / n[large]
    spread = float(np.ptp(ratios) / np.abs(np.median(ratios)))   # (L2)
    return factor, spread
