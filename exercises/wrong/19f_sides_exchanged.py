"""The inverse goes to B and R to A. The product is the same, but the gauge is that of the inverse of R, not of R.

fails at: R^-1 A (gauge:G1), B R (gauge:G1)
cause: R and its inverse exchanged
"""

import numpy as np


def gauge_transform(A, B, R):
    return R @ A, B @ np.linalg.inv(R)
