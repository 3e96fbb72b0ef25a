"""Where there is nothing to compare the error is 0. A NaN must fail, so its error is infinite.

fails at: error (verdict:E2)
cause: a NaN that passes
"""

import numpy as np


def relative_error(analytic, numeric):
    finite = np.abs(numeric[np.isfinite(numeric)])
    floor = 1e-3 * finite.max()
    difference = np.abs(analytic - numeric)
    size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)        # (E1)
    error = np.divide(difference, size, out=np.zeros_like(difference), where=difference > 0)    # (E2)
    return np.nan_to_num(error, nan=0.0)
