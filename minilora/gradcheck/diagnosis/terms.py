"""A part of the sum that is missing, or too much, or has the wrong sign: the difference is something at hand."""

import numpy as np

from minilora.gradcheck.diagnosis.case import STEP, multiple, same
from minilora.gradcheck.diagnosis.pieces import factors, fitted, gradients, matrix_products, spreads
from minilora.gradcheck.finding import Cause

FEWEST = 4  # entries; fewer may agree by chance


def known_term(case):
    """The difference is dy, another gradient, or an array at hand."""
    yield from _first(case, _plain(case))


def made_term(case):
    """The difference is a product of arrays at hand, summed where the shape asks for it."""
    yield from _first(case, _products(case))


def term_of_a_half(case):
    """The same in one half of the last axis, where the other half, or every second entry, is right: pairs that are turned."""
    size = case.n.shape[-1] if case.n.ndim else 0
    if not case.same_shape or size % 2 or size < 4:
        return
    halves = {
        "first half": slice(0, size // 2),
        "second half": slice(size // 2, size),
        "even": slice(0, size, 2),
        "odd": slice(1, size, 2),
    }
    for pair in (("first half", "second half"), ("even", "odd")):
        for part, other in (pair, pair[::-1]):
            if case.wrong[..., halves[other]].any():
                continue
            arrays = {
                f"{name} ({half})": a[..., halves[half]]
                for name, a in case.context.arrays.items()
                for half in pair
                if _last(a) == size
            }
            small = {name: a for name, a in case.context.arrays.items() if _last(a) == size // 2}
            half = case.part((..., halves[part]), {**arrays, **small})
            found = list(_first(half, _halves(half, pair)))
            if found:
                yield from found
                return


def _last(array):
    return array.shape[-1] if array.ndim else 0


def _halves(case, pair):
    for half in pair:
        dy = case.context.arrays.get(f"dy ({half})")
        if dy is not None and dy.shape == case.n.shape:
            yield f"dy ({half})", dy
            yield from ((f"dy ({half}) {name}", dy * K) for name, K in factors(case) if not name.startswith("dy"))


def _first(case, candidates):
    if not case.same_shape or case.n.size < FEWEST:
        return
    for name, M in candidates:
        c = multiple(case.d, M, case.slack)
        if c is not None and not _is_part(case, M):
            yield from _told(case, name, M, c)
            return


def _is_part(case, M):
    """Whether the numeric gradient is nothing but M: then a factor is wrong, not a term."""
    return multiple(case.n, M, case.slack) is not None and multiple(case.a, M, case.slack) is not None


def _plain(case):
    dy = case.context.arrays.get("dy")
    if dy is not None and dy.shape == case.n.shape:
        yield "dy", dy
    for name, M in spreads(case):
        yield from _summed(case, name, M)
    yield from gradients(case)
    for name, K in fitted(case):
        if name not in ("dy", case.name):
            yield name, K
    yield from _onehots(case)
    if case.name in case.floating:
        yield case.name, case.floating[case.name]


def _onehots(case):
    """onehot(ids), weighted by what each row of it counts."""
    for name, ids in case.context.arrays.items():
        if (
            ids.dtype.kind in "iu"
            and ids.shape == case.n.shape[:-1]
            and case.n.ndim > 0
            and ids.max(initial=0) < case.n.shape[-1]
        ):
            yield f"onehot({name})", (ids[..., None] == np.arange(case.n.shape[-1])).astype(np.float64)


def _summed(case, name, M):
    """M, summed over its first axes or to the gradient's shape."""
    lead = M.ndim - case.n.ndim
    if lead >= 0 and M.shape[lead:] == case.n.shape:
        yield name if not lead else f"the sum of {name}", M.sum(axis=tuple(range(lead)))


def _products(case):
    dy = case.context.arrays.get("dy")
    for name, K in factors(case):
        yield name, K
    if dy is not None and dy.shape == case.n.shape:
        for name, K in factors(case):
            if "dy" not in name.split():
                yield f"dy {name}", dy * K
        for name, K in derivatives(case):
            yield f"dy {name}", dy * K
            yield from ((f"dy {other} {name}", dy * K * u) for other, u in factors(case) if "dy" not in other.split())
    for other, g in gradients(case):
        yield from ((f"{other} times {name}", g * K) for name, K in fitted(case))
    yield from matrix_products(case)


def derivatives(case):
    """(name, array): the derivative of each cached array with respect to the input, entry by entry (a product rule's factors)."""
    x, h = case.context.arrays[case.name], STEP / 8
    wide, narrow = (case.cache_slopes(np.ones(x.shape), step) for step in (h, h / 2))
    for name in sorted(wide.keys() & narrow.keys()):
        if wide[name].shape == x.shape:
            yield f"slope of {name} at {case.name}", (4 * narrow[name] - wide[name]) / 3


def _told(case, name, M, c):
    square = float((M * M).sum())
    in_a, in_n = float((case.a * M).sum()) / square, float((case.n * M).sum()) / square
    size = "" if abs(abs(c) - 1) < 1e-6 else f"{abs(c):.6g} times "
    evidence = {"factor": c, "share_in_analytic": in_a, "share_in_numeric": in_n}
    if abs(abs(c) - 2) < 1e-6 and in_a * in_n < 0:
        return [case.finding(Cause.SIGN_FLIP, f"has the term {name} with the wrong sign.", matched=name, **evidence)]
    missing = case.finding(Cause.MISSING_TERM, f"lacks a term: the difference is {size}{name}.", matched=name, **evidence)
    twice = case.finding(Cause.DOUBLE_COUNTED, f"counts the term {name} twice.", matched=name, **evidence)
    extra = case.finding(Cause.EXTRA_TERM, f"has a term too much: the difference is {size}{name}.", matched=name, **evidence)
    if name == "dy" and c > 0 and _passes_on(case):
        return [twice, extra]
    path = name == "dy" or name.startswith(("the gradient of", "dx of")) or "^T" in name
    if path and not size:  # a path of its own only adds
        return [missing] if c < 0 else [extra]
    return [missing, extra] if abs(in_a) < abs(in_n) else [extra, missing]  # of the gradient in which there is more of it


def _passes_on(case):
    """Whether forward passes its input on, beside what else it does: the mean of J's diagonal is about 1, also far away."""
    draw, x = np.random.default_rng(0), case.context.arrays[case.name]
    for far in (1, 30):
        share = []
        for _ in range(4):
            v = draw.choice([-1.0, 1.0], case.n.shape)
            slope = case.slope(v, {case.name: far * x})
            if slope is None or slope.shape != v.shape:
                return False
            share.append((v * slope).mean())
        if not np.mean(share) > 0.5:
            return False
    return True


def identity(case):
    """Forward passes its input on, so the gradient is dy, and something else was returned."""
    dy = case.context.arrays.get("dy")
    if dy is None or not case.same_shape or dy.shape != case.n.shape or case.n.size < FEWEST:
        return
    if case.is_n(dy):
        yield case.finding(Cause.MISSING_TERM, "should be dy itself: forward passes the input on.", matched="dy")
        return
    for i in range(case.n.ndim):
        if case.n.shape[i] < 3:
            continue
        total, lost = dy.sum(axis=i), -case.d.sum(axis=i)
        if same(lost, total, case.slack.sum(axis=i)) and np.abs(total).max() > 0:
            message = f"lacks the term dy: summed over {case.axis(i)}, the difference is what dy sums to. A residual's gradient "
            message += "was sent through a layer that removes the mean, or was forgotten."
            yield case.finding(Cause.MISSING_TERM, message, matched="dy", axis=i)
            return
