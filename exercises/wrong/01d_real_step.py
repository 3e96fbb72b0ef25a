"""The step is real. Nothing is imaginary then, and the slope comes out as 0 everywhere.

fails at: slope (complex_step:C1)
cause: the wrong direction
"""

import numpy as np


def polynomial_slope(c, x, dy=1.0, h=1e-30):
    z = (x + h).astype(complex)                              # (C2)
    p = np.zeros_like(z)
    for coefficient in c[::-1]:
        p = coefficient + z * p                             # (C3)
    slope = dy * p.imag / h                             # (C1)
    return slope
