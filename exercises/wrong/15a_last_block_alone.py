"""Each block replaces what came before. Their contributions add up.

fails at: theta (projection:J2)
cause: not added
"""

import numpy as np

from minilora.lowrank.projection import _drawn


def expand(z, seed, D):
    for i, Pt in _drawn(z, "z", seed, len(z), D):
        Pt = Pt / np.linalg.norm(Pt, axis=1, keepdims=True)  # (J1)
        theta = z[i : i + len(Pt)] @ Pt  # (J2)
    return theta
