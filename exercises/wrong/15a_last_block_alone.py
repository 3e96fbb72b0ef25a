"""Each block replaces what came before. Their contributions add up.

fails at: theta (projection:J2)
cause: not added
"""

import numpy as np

from minilora.lowrank.projection import _columns


def expand(z, seed, D):
    for i, Pt in _columns(z, "z", seed, len(z), D):
        theta = z[i : i + len(Pt)] @ Pt  # (J2)
    return theta
