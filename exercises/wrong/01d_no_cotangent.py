"""dy is left out: the slopes of p itself, not those of a loss in which each value of p counts dy times.

fails at: slope (complex_step:C1)
cause: dy ignored
"""

import numpy as np


def polynomial_slope(c, x, dy=1.0, h=1e-30):
    z = x + 1j * h                                          # (C2)
    p = np.zeros_like(z)
    for coefficient in c[::-1]:
        p = coefficient + z * p                             # (C3)
    slope = p.imag / h                                      # (C1)
    return slope
