"""The numeric value alone is the measure. An analytic one that is far too large then errs by more than 1.

fails at: error (verdict:E2)
cause: the wrong size
"""

import numpy as np


def relative_error(analytic, numeric):
    finite = np.abs(numeric[np.isfinite(numeric)])
    floor = 1e-3 * finite.max()
    difference = np.abs(analytic - numeric)
    size = np.maximum(np.abs(numeric), floor)        # (E1)
    error = np.divide(difference, size, out=np.zeros_like(difference), where=difference > 0)    # (E2)
    return np.where(np.isfinite(analytic) & np.isfinite(numeric), error, np.inf)
