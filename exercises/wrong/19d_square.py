"""The mean of the squared share. The share is a norm: its root is asked for.

fails at: in random directions (amplification:A4)
cause: a missing root
"""

import math


def random_share(norm, r, d1, d2):
    return (r * norm) ** 2 / (d1 * d2)
