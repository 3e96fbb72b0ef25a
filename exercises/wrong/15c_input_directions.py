"""Right singular vectors are compared, the inputs. The definition compares the left ones, the outputs.

fails at: intruders (intruders:I2), c_j (intruders:I1)
cause: the other side
"""

import numpy as np

from minilora.lowrank.truncation import svd


def intruder_dimensions(W0, W1, k=10, eps=0.5):
    (_, _, V0t), (_, _, V1t) = svd(W0), svd(W1)
    cosines = abs(V0t @ V1t[:k].T).max(axis=0)  # (I1)
    return np.nonzero(cosines < eps)[0], cosines  # (I2)
