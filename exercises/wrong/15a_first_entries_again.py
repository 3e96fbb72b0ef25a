"""Every block takes the first entries of z. A block from column i on takes those from i on.

fails at: theta (projection:J2)
cause: the block's place forgotten
"""

import numpy as np

from minilora.lowrank.projection import _drawn


def expand(z, seed, D):
    theta = np.zeros(D)
    for _, Pt in _drawn(z, "z", seed, len(z), D):
        Pt = Pt / np.linalg.norm(Pt, axis=1, keepdims=True)  # (J1)
        theta += z[: len(Pt)] @ Pt  # (J2)
    return theta
