"""The verdict on one input: its analytic gradient against its numeric one, entry by entry.

    (E1)  size  = max(|a|, |n|, 1e-3 max|n|)
    (E2)  error = |a - n| / size

The last term of the size is there for entries that happen to be near zero: they are held to the size of the others.
"""

import numpy as np


def relative_error(analytic, numeric):
    """The error of each entry; 0 where both are 0, infinite where either is not finite."""
    finite = np.abs(numeric[np.isfinite(numeric)])
    floor = 1e-3 * finite.max() if finite.size else 0.0
    with np.errstate(invalid="ignore"):  # inf - inf and inf / inf, which the last line answers
        difference = np.abs(analytic - numeric)
        size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)             # (E1)
        error = np.divide(difference, size, out=np.zeros_like(difference), where=difference > 0)    # (E2)
    error = np.where(np.isfinite(analytic) & np.isfinite(numeric), error, np.inf)                   # (E2)
    return error
