"""Divided by the square of the length. The sum of squares is the length only after a root.

fails at: r (attacks:M2)
cause: no root
"""

import numpy as np


def along(g, delta):
    square = (g * g).sum(axis=tuple(range(1, g.ndim)), keepdims=True)
    return delta * g / np.maximum(square, 1e-30)  # (M2)
