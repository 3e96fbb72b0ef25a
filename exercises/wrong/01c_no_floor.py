"""Each entry is measured by its own size alone: rounding next to a zero counts as a large error.

fails at: error (verdict:E2)
cause: no floor
"""

import numpy as np


def relative_error(analytic, numeric):
    difference = np.abs(analytic - numeric)
    size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), 1e-300)       # (E1)
    error = np.divide(difference, size, out=np.zeros_like(difference), where=difference > 0)    # (E2)
    return np.where(np.isfinite(analytic) & np.isfinite(numeric), error, np.inf)
