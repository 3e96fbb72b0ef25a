"""Horner's rule starts with c[0]. The coefficient that is taken up first is multiplied most often: it is the last.

fails at: slope (complex_step:C1)
cause: the wrong order
"""

import numpy as np


def polynomial_slope(c, x, dy=1.0, h=1e-30):
    z = x + 1j * h                                          # (C2)
    p = np.zeros_like(z)
    for coefficient in c:
        p = coefficient + z * p                             # (C3)
    slope = dy * p.imag / h                             # (C1)
    return slope
