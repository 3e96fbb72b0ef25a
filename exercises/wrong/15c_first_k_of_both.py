"""Only the first k of W0 are searched. Any of its directions will do, also a weak one.

fails at: intruders (intruders:I2), c_j (intruders:I1)
cause: too few are searched
"""

import numpy as np

from minilora.lowrank.truncation import svd


def intruder_dimensions(W0, W1, k=10, eps=0.5):
    (U0, _, _), (U1, _, _) = svd(W0), svd(W1)
    cosines = abs(U0[:, :k].T @ U1[:, :k]).max(axis=0)  # (I1)
    return np.nonzero(cosines < eps)[0], cosines  # (I2)
