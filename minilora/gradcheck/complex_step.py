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

import warnings

import numpy as np

STEP = 1e-30  # its square is nothing beside a number of any usual size, and it is far from underflow itself


def complex_slope(y, dy, h):
    """The slope of sum(dy y) along an entry, from the complex y at a step of i h in that entry."""
    slope = (dy * y.imag).sum() / h                         # (C1)
    return slope


def polynomial_slope(c, x, dy=1.0, h=STEP):
    """The gradient of sum(dy p(x)), of x's shape, for p(x) = c[0] + c[1] x + c[2] x^2 + ..., without knowing p'."""
    z = x + 1j * h                                          # (C2)
    p = np.zeros_like(z)
    for coefficient in c[::-1]:
        p = coefficient + z * p                             # (C3)
    slope = dy * p.imag / h                                 # (C1)
    return slope


def complex_step(f, x, dy=1.0, h=STEP):
    """The gradient of sum(dy f(x)) with respect to x, by a complex step for each entry: one call of f for each.

    f takes a complex array of x's shape and returns a complex array or number; dy is of the output's shape, or 1.

    TypeError where f returns real numbers or casts to them: then the slope was lost on the way. A slope that is wrong without
    an error, as behind a conjugate, cannot be noticed here; compare with a central difference (numeric_gradient).
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        moved = x.astype(np.complex128)
        moved[index] += 1j * h
        gradient[index] = complex_slope(_complex(f, moved), np.asarray(dy), h)
    return gradient


def _complex(f, z):
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            y = np.asarray(f(z))
        except np.exceptions.ComplexWarning:
            raise TypeError("f casts its complex input to real numbers, which loses the slope; keep the dtype of x") from None
    if y.dtype.kind != "c":
        message = f"f returned {y.dtype} for a complex input: abs, a norm, .real or the like has lost the slope"
        raise TypeError(message + "; write it with complex arithmetic (sqrt(z * z) for a norm), or take numeric_gradient")
    return y
