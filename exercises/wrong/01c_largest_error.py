"""The largest error of all is returned. The verdict is about each entry, and so is the diagnosis.

fails at: error (verdict:E2)
cause: one number for all
"""

import numpy as np


def relative_error(analytic, numeric):
    finite = np.abs(numeric[np.isfinite(numeric)])
    floor = 1e-3 * finite.max()
    difference = np.abs(analytic - numeric)
    size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)        # (E1)
    error = np.divide(difference, size, out=np.zeros_like(difference), where=difference > 0)    # (E2)
    return np.where(np.isfinite(analytic) & np.isfinite(numeric), error, np.inf).max()
