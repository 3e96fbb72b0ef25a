"""The largest cosine with its sign. The sign of a singular vector means nothing.

fails at: intruders (intruders:I2), c_j (intruders:I1)
cause: no absolute value
"""

import numpy as np

from minilora.lowrank.truncation import svd


def intruder_dimensions(W0, W1, k=10, eps=0.5):
    (U0, _, _), (U1, _, _) = svd(W0), svd(W1)
    cosines = (U0.T @ U1[:, :k]).max(axis=0)  # (I1)
    return np.nonzero(cosines < eps)[0], cosines  # (I2)
