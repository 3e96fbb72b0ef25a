"""The real part is taken. That is the value of p, and the slope is in the imaginary part.

fails at: slope (complex_step:C1)
cause: the wrong part
"""

import numpy as np


def polynomial_slope(c, x, dy=1.0, h=1e-30):
    z = x + 1j * h                                          # (C2)
    p = np.zeros_like(z)
    for coefficient in c[::-1]:
        p = coefficient + z * p                             # (C3)
    slope = dy * p.real                                 # (C1)
    return slope
