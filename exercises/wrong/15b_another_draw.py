"""P is drawn from the next seed. There and back have to use one P.

fails at: dz (projection:J3)
cause: another P
"""

import numpy as np

from minilora.lowrank.projection import _columns


def reduce(g, seed, d):
    return np.concatenate([Pt @ g for _, Pt in _columns(g, "g", seed + 1, d, len(g))])  # (J3)
