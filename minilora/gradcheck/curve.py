"""The error of one entry against the step size: the V of a right gradient, the level line of a wrong one.

Large steps err by the next term of Taylor's series (h^2), small ones by rounding (eps/h). A right gradient has a valley between
the two. A wrong one stays at its error, whatever the step; no choice of step explains it away.
"""

from dataclasses import dataclass

import numpy as np

STEPS = tuple(10.0 ** (-k / 2) for k in range(2, 25))  # 0.1 to 1e-12, relative to the entry's scale


@dataclass(frozen=True)
class Curve:
    """Of the gradient of `name` at `index`: the relative errors of plain central differences with these steps, largest first."""

    name: str
    index: tuple[int, ...]
    steps: tuple[float, ...]
    errors: tuple[float, ...]


def error_curve(y_at, name, x, index, dy, analytic):
    """The Curve of one entry. y_at(index, value) is y with x[index] set to value; analytic is backward's value there."""
    scale = max(abs(float(x[index])), 0.1)
    steps, errors = [], []
    for step in STEPS:
        up, down = x[index] + step * scale, x[index] - step * scale
        with np.errstate(all="ignore"):
            slope = float((dy * (y_at(index, up) - y_at(index, down))).sum() / (up - down))
        size = max(abs(slope), abs(analytic))
        if np.isfinite(slope) and size:
            steps.append(step * scale)
            errors.append(abs(slope - analytic) / size)
    return Curve(name, index, tuple(steps), tuple(errors))
