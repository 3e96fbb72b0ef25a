"""One wrong gradient under examination, and the few comparisons that every detective uses."""

import time
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from minilora.gradcheck.context import Context
from minilora.gradcheck.finding import Finding, entry_name

CLOSE = 1e-6  # relative difference at which two arrays are taken for the same
DOUBT = 10  # times the numeric gradient's own error, which is allowed on top
PATIENCE = 10.0  # seconds that a pair is asked about one gradient, before it is left alone
STEP = 2.0**-11  # of a directional derivative, relative to the size of what is moved


@dataclass(frozen=True, eq=False)
class Case:
    """What is known about the wrong gradient of the input `name`.

    a        the analytic gradient, of any shape; n the numeric one; doubt its absolute error; seen: where n is known.
    spent    [seconds that the pair has been asked].
    context  the Context. others: {input: (analytic or None, numeric)} of all inputs, this one too.
    """

    name: str
    a: np.ndarray
    n: np.ndarray
    doubt: np.ndarray
    seen: np.ndarray
    context: Context
    others: dict = field(default_factory=dict)
    spent: list = field(default_factory=lambda: [0.0])

    @property
    def output(self):
        """The name under which forward's output stands among the arrays."""
        return self.context.output

    @property
    def same_shape(self):
        return self.a.shape == self.n.shape

    @cached_property
    def d(self):
        """The difference a - n; 0 where n is not known."""
        with np.errstate(invalid="ignore"):
            return np.where(self.seen & np.isfinite(self.a), self.a - self.n, 0.0)

    @cached_property
    def slack(self):
        """What a comparison with n may be off by, entry by entry."""
        largest = np.abs(self.n[self.seen]).max(initial=0.0)
        return np.where(self.seen, DOUBT * self.doubt + 1e-9 * largest, np.inf)

    @cached_property
    def wrong(self):
        """Where a and n differ beyond doubt."""
        return self.seen & ~close(self.a, self.n, self.slack)

    @cached_property
    def floating(self):
        """{name: array} of the context's arrays as floats, masks as 0 and 1; no ids."""
        arrays = self.context.arrays.items()
        real = [(name, a) for name, a in arrays if a.size and (a.dtype.kind == "f" or is_mask(a)) and np.isfinite(a).all()]
        found = {name: a.astype(np.float64) for name, a in real}
        logs = {f"exp({name})": np.exp(a) for name, a in found.items() if a.ndim and a.max() <= 0 and name != self.name}
        return found | {name: a for name, a in logs.items() if np.allclose(a.sum(axis=-1), 1, atol=1e-9)}  # log-probabilities

    def is_n(self, array):
        """Whether an array is the numeric gradient."""
        return array.shape == self.n.shape and bool(close(array, self.n, self.slack).all())

    def ask(self, changes, dy=None):
        """(y, this input's gradient) with some values replaced; None if it cannot be asked. The gradient is None without dy."""
        if self.context.rerun is None or self.spent[0] > PATIENCE:
            return None
        start = time.monotonic()
        try:
            with np.errstate(all="ignore"):
                y, gradients = self.context.rerun(changes, dy)
        except Exception:  # values that forward does not take: then this question has no answer
            return None
        finally:
            self.spent[0] += time.monotonic() - start
        gradient = (gradients or {}).get(self.name)
        return y, None if gradient is None else np.array(gradient, dtype=np.float64)

    def slope(self, direction, changes=None):
        """dy/dt of forward at x + t direction, by central differences of fourth order; None if it cannot be asked."""
        changes = dict(changes or {})
        x = changes.get(self.name, self.context.arrays[self.name])
        h = STEP * max(float(np.abs(x).max(initial=0.0)), 0.1) / max(float(np.abs(direction).max(initial=0.0)), 1e-300)
        slopes = []
        for step in (h, h / 2):
            up, down = (self.ask({**changes, self.name: x + sign * step * direction}) for sign in (1, -1))
            if up is None or down is None or up[0].shape != down[0].shape:
                return None
            slopes.append((up[0] - down[0]) / (2 * step))
        return (4 * slopes[1] - slopes[0]) / 3

    def cache_slopes(self, direction, h):
        """{name: slope} of what forward caches, and of its output, along a direction; empty if it cannot be asked."""
        if self.context.cached is None:
            return {}
        x = self.context.arrays[self.name]
        try:
            up, down = (self.context.cached({self.name: x + sign * h * direction}) for sign in (1, -1))
        except Exception:  # as in `ask`
            return {}
        floating = [name for name in up if up[name].dtype.kind == "f" and name in down and down[name].shape == up[name].shape]
        return {name: (up[name] - down[name]) / (2 * h) for name in floating}

    def right_with(self, changes, dy=None, rng=0):
        """Whether the gradient is right where some values are replaced, judged along two random directions; None: no answer."""
        dy = self.context.arrays.get("dy") if dy is None else dy
        answer = self.ask(changes, dy)
        x = changes.get(self.name, self.context.arrays[self.name])
        if answer is None or answer[1] is None or answer[1].shape != x.shape or answer[0].shape != dy.shape:
            return None
        draw = np.random.default_rng(rng)
        for _ in range(2):
            v = draw.standard_normal(x.shape)
            slope = self.slope(v, changes)
            if slope is None or not np.isfinite(slope).all() or not np.isfinite(answer[1]).all():
                return None
            expected, got = float((dy * slope).sum()), float((answer[1] * v).sum())
            size = float(np.sqrt((answer[1] ** 2).sum())) + abs(expected)
            if abs(got - expected) > 1e-5 * size:
                return False
        return True

    def with_arrays(self, a, n):
        """The same case with other gradients, such as a term of both; nothing can be asked about those."""
        context = replace(self.context, rerun=None, cached=None)
        return replace(self, a=a, n=n, doubt=np.abs(n) * 1e-7, seen=np.isfinite(n), context=context)

    def part(self, where, arrays):
        """The case of a part of the gradient, with other arrays at hand; nothing can be asked about it."""
        cut = {name: getattr(self, name)[where] for name in ("a", "n", "doubt", "seen")}
        return replace(self, **cut, context=replace(self.context, arrays=arrays, rerun=None, cached=None))

    def finding(self, cause, message, factor=None, where=None, matched="", **evidence):
        """A Finding about this input; `where` is the entry that is furthest off if it is not given."""
        if where is None and self.same_shape and self.wrong.any():
            where = tuple(map(int, np.unravel_index(np.argmax(np.where(self.wrong, np.abs(self.d), -1)), self.n.shape)))
        tag, formula = self.context.formulas.get(self.name, ("", ""))
        about = f" The formula is {tag}  {formula}" if tag else ""
        return Finding(
            cause,
            self.name,
            factor,
            where,
            f"{self.label}{'' if message[0] == ':' else ' '}{message}{about}",
            matched,
            tag,
            evidence,
        )

    @property
    def label(self):
        return entry_name(self.name)

    def axis(self, i, shape=None):
        """The name of an axis: its size's name where dims has one, else its number."""
        shape = self.n.shape if shape is None else shape
        names = [name for name, size in self.context.dims.items() if size == shape[i]]
        return names[0] if len(names) == 1 else f"axis {i}"


def is_mask(a):
    """Whether an array holds nothing but 0 and 1 (or False and True)."""
    return a.dtype.kind == "b" or (a.dtype.kind in "iuf" and bool(((a == 0) | (a == 1)).all()))


def close(u, v, slack=0.0):
    """Where two arrays agree, entry by entry."""
    size = np.maximum(np.abs(u), np.abs(v))
    floor = 1e-3 * np.abs(v[np.isfinite(v)]).max(initial=0.0)
    with np.errstate(invalid="ignore"):
        return np.abs(u - v) <= CLOSE * np.maximum(size, floor) + slack


def same(u, v, slack=0.0):
    """Whether two arrays of one shape agree everywhere."""
    return u.shape == v.shape and bool(close(u, v, slack).all())


def multiple(u, v, slack=0.0):
    """The number c with u = c v, or None if there is none; also None where the arrays are too small to tell."""
    u, v, slack = u.ravel(), v.ravel(), np.broadcast_to(slack, u.shape).ravel()
    known = np.isfinite(slack)
    u, v, slack = u[known], v[known], slack[known]
    square = float((v * v).sum())
    if not square > 0 or not np.abs(u).max() > 100 * slack.min():
        return None
    c = float((u * v).sum()) / square
    return c if close(c * v, u, slack).all() else None
