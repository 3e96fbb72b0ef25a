"""The sign is lost: a weight below 0 takes away, and B has to carry that.

fails at: B (combine:C4)
cause: the sign forgotten
"""

import math


def share(A, B, ws):
    e = math.sqrt(abs(ws))
    return e * A, e * B                                     # (C4)
