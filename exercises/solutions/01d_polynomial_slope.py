"""The complex step: a slope without a difference, so without cancellation.

For an analytic f, real on the real line, and a step i h along the imaginary axis,

    f(x + ih) = f(x) + i h f'(x) - h^2 f''(x)/2 - i h^3 f'''(x)/6 + ...

    (C1)  slope = sum(dy Im y) / h          = f' + O(h^2),  y = f(x + ih) and f' that of sum(dy f(x))

A polynomial p is the smallest example. All entries of x take their step at once: each moves a value of p of its own, so that
of the sum in (C1) one term is left for each.

    (C2)  z     = x + i h
    (C3)  p     = c[0] + z (c[1] + z (c[2] + ...))

Nothing is subtracted, so h may be so small that h^2 is below rounding: the slope is exact to a few units of the last digit.
The price: f must compute with complex numbers, and be analytic on the way. abs, a norm, a conjugate and a cast to real are not.
"""

import numpy as np

STEP = 1e-30  # its square is nothing beside a number of any usual size, and it is far from underflow itself


def polynomial_slope(c, x, dy=1.0, h=STEP):
    """The gradient of sum(dy p(x)), of x's shape, for p(x) = c[0] + c[1] x + c[2] x^2 + ..., without knowing p'."""
    z = x + 1j * h                                          # (C2)
    p = np.zeros_like(z)
    for coefficient in c[::-1]:
        p = coefficient + z * p                             # (C3)
    slope = dy * p.imag / h                                 # (C1)
    return slope
