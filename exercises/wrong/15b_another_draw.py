"""P is drawn from the next seed. There and back have to use one P.

fails at: dz (projection:J3)
cause: another P
"""

import numpy as np

from minilora.lowrank.projection import _drawn


def reduce(g, seed, d):
    P = np.concatenate([Pt for _, Pt in _drawn(g, "g", seed + 1, d, len(g))]).T
    return (P / np.linalg.norm(P, axis=0)).T @ g  # (J1) (J3)
