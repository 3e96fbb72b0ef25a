"""Both factors carry the sign, and the product has none.

fails at: A (combine:C4)
cause: the sign twice
"""

import math


def share(A, B, ws):
    e = math.copysign(math.sqrt(abs(ws)), ws)
    return e * A, e * B                                     # (C4)
