"""dz is the z whose theta is nearest to g. The backward is the transpose, not the inverse: columns are not orthogonal.

fails at: dz (projection:J3)
cause: least squares for the transpose
"""

import numpy as np

from minilora.lowrank.projection import _drawn


def reduce(g, seed, d):
    P = np.concatenate([Pt for _, Pt in _drawn(g, "g", seed, d, len(g))]).T
    return np.linalg.lstsq(P / np.linalg.norm(P, axis=0), g, rcond=None)[0]  # (J3)
