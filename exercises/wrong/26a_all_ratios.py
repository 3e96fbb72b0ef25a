"""All ratios count in the spread. Where n is nearly zero, rounding decides, and a constant factor is never found.

fails at: spread (fitting:L2)
cause: small entries kept
"""

import numpy as np


def ratio(a, n):
    factor = float((a * n).sum() / (n * n).sum())                # (L1)
    large = n != 0
    ratios = a[large] / n[large]
    spread = float(np.ptp(ratios) / np.abs(np.median(ratios)))   # (L2)
    return factor, spread
