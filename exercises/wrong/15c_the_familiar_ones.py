"""The directions above eps are listed. Those are W0's own; intruders are below.

fails at: intruders (intruders:I2)
cause: the other half
"""

import numpy as np

from minilora.lowrank.truncation import svd


def intruder_dimensions(W0, W1, k=10, eps=0.5):
    (U0, _, _), (U1, _, _) = svd(W0), svd(W1)
    cosines = abs(U0.T @ U1[:, :k]).max(axis=0)  # (I1)
    return np.nonzero(cosines >= eps)[0], cosines  # (I2)
