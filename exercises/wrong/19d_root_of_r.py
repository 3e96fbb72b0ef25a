"""The root of r in the place of r. The squared share has r / d1 and r / d2 in it, so its root has r once.

fails at: in random directions (amplification:A4)
cause: a root too many
"""

import math


def random_share(norm, r, d1, d2):
    return norm * math.sqrt(r) / math.sqrt(d1 * d2)
