"""Both are divided by R. A is to undo what B has been multiplied by.

fails at: B R (gauge:G1)
cause: R divided by twice
"""

import numpy as np


def gauge_transform(A, B, R):
    return np.linalg.solve(R, A), B @ np.linalg.inv(R)
