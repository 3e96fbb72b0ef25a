"""The momentum is carried on, although its rows stand for the directions of the old P.

fails at: m (projected:F6)
cause: not started anew
"""

import math


def flora_draw(z, m):
    P = z / math.sqrt(z.shape[1])               # (F5)
    m = m.copy()                                # (F6)
    return P, m
