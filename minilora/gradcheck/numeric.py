"""The numeric gradient: central differences, with a step chosen for each entry and checked by Richardson extrapolation.

For one entry x of the input, with everything else held, and a second step q h with q = RATIO,

    slope(h)  = (f(x+h) - f(x-h)) / 2h                   = f' + h^2 f'''/6 + O(h^4)
    value     = (slope(qh) - q^2 slope(h)) / (1 - q^2)   = f' + O(h^4)
    spread    = |slope(qh) - slope(h)|                   of order h^2 if f is smooth: then value errs by about spread^2 / |f'|
    jump(h)   = slope to the right - slope to the left   = h f'' + O(h^3); at a kink it stays as h shrinks
    corner    = (jump(qh) - q jump(h)) / (1 - q)         what is left of the jump as h -> 0: zero if f is smooth

The first step is large enough for rounding (eps |f| / h) not to matter. Where spread or corner is too large for it, the step
shrinks until the kink or the bend nearby is out of reach. Most entries are settled by the first step: four evaluations.
A kink at a distance d below the smallest step is known by its law, h jump(h) = J max(h - d, 0), where J is the change of slope.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from minilora.gradcheck.differences import EPS, richardson, slopes
from minilora.gradcheck.screening import Screen

FIRST_STEP, WIDE_STEPS = 2.0**-10, (2.0**-7, 2.0**-5)
STEPS = tuple(FIRST_STEP / 8**k for k in range(5))  # relative to the entry's scale; the last is 2.4e-7
RATIO = 0.618  # no simple fraction: differences that are multiples of one rounding error must not agree by luck
SMALLEST_SCALE = 0.1  # what tiny values are measured by, unless their own size serves better
SETTLED = 2.5e-7  # spread, relative to the gradient, at which a step is taken
QUIET = 4e-9  # rounding error, relative to the gradient, that is not worth a wider step
VISIBLE = 1e-10  # changing an entry by its scale must change f by this much, relative, for the slope to count as not zero


@dataclass(frozen=True)
class Numeric:
    """A numeric gradient and what is known about it; all arrays have the input's shape.

    value   the slopes; NaN where f is not finite on both sides of the entry.
    error   an estimate of each slope's absolute error.
    kink    True where f has no derivative, there or nearer than the smallest step.
    unseen  a slope smaller than this cannot be told from zero.
    """

    value: np.ndarray
    error: np.ndarray
    kink: np.ndarray
    unseen: np.ndarray


def numeric_gradient(f, x):
    """The gradient of a scalar function f(x) -> float at a float array x, by central differences. Same shape as x, float64.

    Where f is not finite close by, the slope is NaN. At a kink it is the mean of both sides'.
    """
    x = np.array(x, dtype=np.float64)

    def y_at(index, value):
        moved = x.copy()
        moved[index] = value
        return np.asarray(float(f(moved)))

    with np.errstate(all="ignore"):
        y0 = np.asarray(float(f(x.copy())))
    return differentiate(y_at, x, y0, np.ones(())).value


def differentiate(y_at, x, y0, dy, expected=None):
    """The Numeric gradient of sum(dy * y) with respect to x, every entry of it.

    y_at(index, value) returns y with x[index] set to value, as a float64 array; y0 is y at x itself. expected, an array like x,
    is what the gradient should be: an entry that one central difference confirms costs two evaluations (see screening).
    """
    value, error = np.full(x.shape, np.nan), np.full(x.shape, np.inf)
    kink = np.zeros(x.shape, dtype=bool)
    typical = np.median(np.abs(x)) if x.size else 0.0  # not the mean: one entry of -1e9 must not set the others' steps
    own = np.maximum(np.abs(x), typical)
    scale = np.maximum(own, SMALLEST_SCALE)
    first, second = scale, own
    size = np.abs(dy * y0)
    largest = 0.0
    screen = None if expected is None else Screen(expected, size, EPS)
    for index in np.ndindex(x.shape):

        def change(moved, index=index):
            return dy * (y_at(index, moved) - y0)

        with np.errstate(all="ignore"):  # a step may leave f's domain; the answer to that is a smaller one
            trial = partial(_Trial.of, change, size, x[index])
            agreed = screen and screen.confirmed(index, change, x[index], first[index], FIRST_STEP, trial)
            if agreed:
                value[index], error[index] = agreed
                largest = max(largest, abs(agreed[0]))
                continue
            slope = _slope(change, size, x[index], first[index], largest)
            if not slope.exact and 0 < own[index] < scale[index]:
                other = _slope(change, size, x[index], second[index], largest)
                if other.exact and other.value:  # tiny steps that change nothing, for rounding, would agree on zero
                    slope, first, second = other, second, first
        value[index], error[index], kink[index] = slope.value, slope.error, slope.kink
        if np.isfinite(slope.value):
            largest = max(largest, abs(slope.value))
    return Numeric(value, error, kink, VISIBLE * np.linalg.norm(size) / scale)


@dataclass(frozen=True)
class _Slope:
    """What is known about one entry."""

    value: float
    error: float
    exact: bool  # the error is small enough
    kink: bool


def _slope(change, size, x, scale, largest):
    """The _Slope of one entry, by steps relative to `scale`."""
    trials = []
    for step in STEPS:
        trial = _Trial.of(change, size, x, step * scale)
        if trial is None:  # stepped out of where f is finite
            continue
        trials.append(trial)
        if not trial.settled(largest):
            continue
        if step == FIRST_STEP and trial.noise > QUIET * trial.size(largest):
            wider = (_Trial.of(change, size, x, wide * scale) for wide in WIDE_STEPS)
            trials += [wide for wide in wider if wide]
        # A wider step that this one confirms may be the better one: it has less rounding.
        confirmed = [other for other in trials if trial.confirms(other)]
        best = min(confirmed, key=lambda other: other.error(largest))
        error = best.error(largest)
        return _Slope(best.value, error, exact=error <= SETTLED * best.size(largest), kink=False)
    if not trials:
        return _Slope(np.nan, np.inf, exact=False, kink=False)
    best = min(trials, key=lambda trial: max(trial.spread, trial.noise))
    corner = max(abs(trial.corner) for trial in trials)  # a wide step across a kink has a small spread
    error = max(best.spread, best.noise, corner)
    kink = len(trials) > 1 and _across_a_kink(*trials[-2:], SETTLED * largest)
    return _Slope(best.value, error, exact=False, kink=kink)


def _across_a_kink(wide, narrow, threshold):
    """Whether the wide trial's jumps give a kink within the narrow one's step, and the narrow one's are as they predict."""
    change = (wide.jumps[0] - RATIO * wide.jumps[1]) / (1 - RATIO)  # J
    if not abs(change) > threshold:
        return False
    distance = wide.h * (1 - wide.jumps[0] / change)
    predicted = [change * max(1 - distance / h, 0) for h in (narrow.h, RATIO * narrow.h)]
    agree = all(abs(jump - like) <= 0.1 * abs(change) for jump, like in zip(narrow.jumps, predicted, strict=True))
    return agree and distance <= 1.1 * narrow.h


@dataclass(frozen=True)
class _Trial:
    """What the steps h and q h say about one entry; the names are the formulas' at the top."""

    h: float
    value: float
    spread: float
    jumps: tuple[float, float]  # at h and q h
    noise: float  # the rounding error in value, if forward's intermediates are a few times larger than y

    @classmethod
    def of(cls, change, size, x, h):
        """None if f is not finite at one of the four points."""
        centrals, jumps = [], []
        for moved in (h, RATIO * h):
            up, down = x + moved, x - moved
            rise, fall = change(up), change(down)
            touched = size[rise != 0]  # an output that does not see the entry adds no rounding error
            rise, fall = rise.sum(), fall.sum()
            if not np.isfinite(rise - fall):
                return None
            _, central, jump = slopes(rise, 0.0, fall, up, x, down)
            centrals.append(central)
            jumps.append(jump)
        value, spread = richardson(*centrals, RATIO), abs(centrals[1] - centrals[0])
        noise = 16 * EPS * float(np.sqrt((touched * touched).sum())) / h
        return cls(h, float(value), float(spread), tuple(jumps), noise)

    def size(self, largest):
        """What the spread and the noise are compared with."""
        return max(abs(self.value), 1e-3 * largest)

    def error(self, largest):
        """The spread where nothing is smooth; about spread^2 / size where h^2 is small."""
        size = self.size(largest)
        shrink = min(1.0, 16 * self.spread / size) if size else 1.0
        return max(self.spread * shrink, self.noise)

    def settled(self, largest):
        """A smaller step would not help: the two slopes agree, or differ by rounding alone, and the two sides agree."""
        tolerance = SETTLED * self.size(largest)
        return self.spread <= max(tolerance, 4 * self.noise) and abs(self.corner) <= max(tolerance, 16 * self.noise)

    def confirms(self, other):
        """The two values differ by no more than the other's h^4 term or this one's rounding."""
        return abs(self.value - other.value) <= max(0.1 * other.spread, 8 * self.noise)

    @property
    def corner(self):
        return richardson(*self.jumps, RATIO, k=1)
