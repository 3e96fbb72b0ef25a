"""Only the last block's entries come back. Each block has entries of its own, one behind the other.

fails at: dz (projection:J3)
cause: not joined
"""

import numpy as np

from minilora.lowrank.projection import _drawn


def reduce(g, seed, d):
    for _, Pt in _drawn(g, "g", seed, d, len(g)):
        Pt = Pt / np.linalg.norm(Pt, axis=1, keepdims=True)  # (J1)
        dz = Pt @ g  # (J3)
    return dz
