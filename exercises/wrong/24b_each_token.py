"""Each token is brought to the length delta. The norm is that of the example: where the loss does not care, nothing moves.

fails at: r (attacks:M2)
cause: the norm of the last axis
"""

import numpy as np


def along(g, delta):
    length = np.sqrt((g * g).sum(axis=-1, keepdims=True))
    return delta * g / np.maximum(length, 1e-30)  # (M2)
