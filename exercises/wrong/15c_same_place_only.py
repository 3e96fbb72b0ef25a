"""Each direction is compared with the one of its own index. A direction that moved down the list is not new.

fails at: intruders (intruders:I2), c_j (intruders:I1)
cause: one for all
"""

import numpy as np

from minilora.lowrank.truncation import svd


def intruder_dimensions(W0, W1, k=10, eps=0.5):
    (U0, _, _), (U1, _, _) = svd(W0), svd(W1)
    cosines = abs((U0 * U1).sum(axis=0))[:k]  # (I1)
    return np.nonzero(cosines < eps)[0], cosines  # (I2)
