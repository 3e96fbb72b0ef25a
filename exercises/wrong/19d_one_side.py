"""Only the inputs are random. Outputs are chosen at random too, and each side keeps r of its directions.

fails at: in random directions (amplification:A4)
cause: one side left out
"""

import math


def random_share(norm, r, d1, d2):
    return norm * math.sqrt(r / d2)
