"""The smaller side twice. A tall or wide matrix has two sides, and each projector has the trace r over its own.

fails at: in random directions (amplification:A4)
cause: the wrong side
"""

import math


def random_share(norm, r, d1, d2):
    return r * norm / min(d1, d2)
