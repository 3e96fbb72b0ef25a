"""The complex step: a slope without a difference, so without cancellation.

For an analytic f, real on the real line, and a step i h along the imaginary axis,

    f(x + ih) = f(x) + i h f'(x) - h^2 f''(x)/2 - i h^3 f'''(x)/6 + ...

    (C1)  slope = ...

A polynomial p is the smallest example. All entries of x take their step at once: each moves a value of p of its own, so that
of the sum in (C1) one term is left for each.

    (C2)  z     = ...
    (C3)  p     = ...

Nothing is subtracted, so h may be so small that h^2 is below rounding: the slope is exact to a few units of the last digit.
The price: f must compute with complex numbers, and be analytic on the way. abs, a norm, a conjugate and a cast to real are not.

Exercise 01d, lesson 01: The slope of a polynomial, by a complex step.
Write polynomial_slope. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 01d       tests this file
    minilora exercise hint 01d        one hint more, each time
"""

import numpy as np

STEP = 1e-30  # its square is nothing beside a number of any usual size, and it is far from underflow itself


def polynomial_slope(c, x, dy=1.0, h=STEP):
    """The gradient of sum(dy p(x)), of x's shape, for p(x) = c[0] + c[1] x + c[2] x^2 + ..., without knowing p'."""
    # (C2)  z =
    # (C3)  p =
    # (C1)  slope =
    raise NotImplementedError("01d: write polynomial_slope")
