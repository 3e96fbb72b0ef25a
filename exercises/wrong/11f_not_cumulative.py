"""u is compared with each probability by itself. How often that is below u has nothing to do with how likely a place is.

fails at: j (generation:F5)
cause: no running sum
"""

import numpy as np


def drawn(P, u):
    cumulative = P
    j = (cumulative <= u).sum(axis=-1)                 # (F5)
    return j
