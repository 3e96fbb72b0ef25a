"""The imaginary part is h times the slope, and is not divided by h.

fails at: slope (complex_step:C1)
cause: a factor forgotten
"""

import numpy as np


def polynomial_slope(c, x, dy=1.0, h=1e-30):
    z = x + 1j * h                                          # (C2)
    p = np.zeros_like(z)
    for coefficient in c[::-1]:
        p = coefficient + z * p                             # (C3)
    slope = dy * p.imag                                 # (C1)
    return slope
