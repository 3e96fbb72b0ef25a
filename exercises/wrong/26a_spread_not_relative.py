"""The spread is not divided by the typical ratio: it says nothing of whether they agree without knowing their size.

fails at: spread (fitting:L2)
cause: not relative
"""

import numpy as np


def ratio(a, n):
    factor = float((a * n).sum() / (n * n).sum())                # (L1)
    large = np.abs(n) > 1e-3 * np.abs(n).max()
    ratios = a[large] / n[large]
    spread = float(np.ptp(ratios))                               # (L2)
    return factor, spread
