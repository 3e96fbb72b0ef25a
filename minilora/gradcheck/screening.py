"""Two evaluations in the place of four or more: one central difference that agrees with the gradient that is expected.

A slope computed by steps and a gradient computed by formulas know nothing of each other. Where they agree well within any
sensible tolerance, both are right, and no second step is needed to find out how exact the first one was. Where the gradient is
so small beside f that rounding hides it at such a step, a wide step with Richardson's correction does the same in four.
What could agree and be wrong still is kept out:

    a kink       the slopes to the left and right differ by more than a smooth bend's
    rounding     the step changes f by too little to tell the slope as exactly as the agreement asks for
    a zero       an expected zero is confirmed only by an f that does not change at all, at the widest usual step

Anything else is left to the full treatment.
"""

import numpy as np

STEP, LONGEST_STEP = 0.9 * 2.0**-11, 0.9 * 2.0**-9  # of the entry's scale; no powers of two or ten, which others may step by
WIDE_STEP = 0.9 * 2.0**-6
AGREED = 2.5e-7  # relative to the entry, or to a thousandth of the largest one: a quarter of the usual rtol
BENT = 1e-2  # difference of the one-sided slopes, relative, up to which f counts as smooth
ROUNDED = 4  # the error of a difference of two values of f, in eps |f|


class Screen:
    """The search for agreement with one expected gradient, an array.

    size   |dy * y0|, the terms of f.
    eps    the rounding error of 1.
    """

    def __init__(self, expected, size, eps):
        self.expected = expected
        self.rounding = ROUNDED * eps * float(np.linalg.norm(size))
        finite = np.abs(expected[np.isfinite(expected)])
        self.floor = 1e-3 * float(finite.max(initial=0.0))

    def confirmed(self, index, change, x, scale, widest, trial):
        """(slope, error) if steps around the entry x confirm the expected slope, else None.

        change(value) is dy * (y - y0) with the entry set to a value. widest is the widest usual step relative to scale, and
        trial(h) gives Richardson's value, and the corner that is left as h shrinks, from steps of h and less.
        """
        expected = float(self.expected[index])
        if expected == 0:
            unchanged = not change(x + widest * scale).any() and not change(x - widest * scale).any()
            return (0.0, 0.0) if unchanged else None
        if not np.isfinite(expected):
            return None
        tolerance = AGREED * max(abs(expected), self.floor)
        h = max(STEP * scale, self.rounding / tolerance)
        if h <= LONGEST_STEP * scale:
            up, down = x + h, x - h
            rise, fall = float(change(up).sum()), float(change(down).sum())
            slope, bend = (rise - fall) / (up - down), rise / (up - x) - fall / (down - x)
        elif h <= WIDE_STEP * scale:
            wide = trial(WIDE_STEP * scale)
            slope, bend = (wide.value, wide.corner) if wide else (np.nan, np.nan)
        else:
            return None
        agrees = abs(slope - expected) <= tolerance and abs(bend) <= tolerance * BENT / AGREED
        return (slope, tolerance) if agrees else None
