"""Against the gradient. An attack wants the loss to grow; a step of training goes the other way, and that in the weights.

fails at: r (attacks:M2)
cause: the wrong sign
"""

import numpy as np


def along(g, delta):
    length = np.sqrt((g * g).sum(axis=tuple(range(1, g.ndim)), keepdims=True))
    return -delta * g / np.maximum(length, 1e-30)  # (M2)
