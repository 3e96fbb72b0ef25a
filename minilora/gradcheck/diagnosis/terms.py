"""A part of the sum that is missing, or too much, or has the wrong sign: the difference is something at hand."""

import numpy as np

from minilora.gradcheck.diagnosis.case import STEP, Cause, multiple, same
from minilora.gradcheck.diagnosis.pieces import factors, fitted, gradients, matrix_products, spreads

FEWEST = 4  # entries; fewer may agree by chance


def known_term(case):
    """The difference is dy, another gradient, or an array at hand."""
    yield from _first(case, _plain(case))


def made_term(case):
    """The difference is a product of arrays at hand, summed where the shape asks for it."""
    yield from _first(case, _products(case))


def _first(case, candidates):
    if not case.same_shape or case.n.size < FEWEST:
        return
    for name, M in candidates:
        c = multiple(case.d, M, case.slack)
        if c is not None and not _is_part(case, M):
            yield _told(case, name, M, c)
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
        if ids.dtype.kind in "iu" and ids.shape == case.n.shape[:-1] and case.n.ndim > 0 and ids.max(initial=0) < case.n.shape[-1]:
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
    ask, x = case.context.cached, case.context.arrays[case.name]
    if ask is None:
        return
    h = STEP / 8
    far, near = ([ask({case.name: x + sign * step}) for sign in (1, -1)] for step in (h, h / 2))
    for name, array in far[0].items():
        if array.shape == x.shape and array.dtype.kind == "f":
            wide, narrow = ((up[name] - down[name]) / (2 * step) for (up, down), step in ((far, h), (near, h / 2)))
            yield f"d{name}/d{case.name}", (4 * narrow - wide) / 3


def _told(case, name, M, c):
    square = float((M * M).sum())
    in_a, in_n = float((case.a * M).sum()) / square, float((case.n * M).sum()) / square
    size = "" if abs(abs(c) - 1) < 1e-6 else f"{abs(c):.6g} times "
    evidence = {"factor": c, "share_in_analytic": in_a, "share_in_numeric": in_n}
    if abs(abs(c) - 2) < 1e-6 and in_a * in_n < 0:
        return case.finding(Cause.SIGN_FLIP, f"has the term {name} with the wrong sign.", matched=name, **evidence)
    if abs(in_a) < abs(in_n):
        return case.finding(Cause.MISSING_TERM, f"lacks a term: the difference is {size}{name}.", matched=name, **evidence)
    if abs(in_n - c) < 0.2 * abs(c):
        return case.finding(Cause.DOUBLE_COUNTED, f"counts the term {name} twice.", matched=name, **evidence)
    return case.finding(Cause.EXTRA_TERM, f"has a term too much: the difference is {size}{name}.", matched=name, **evidence)


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


def lost_invariance(case):
    """The numeric gradient sums to zero along an axis, as behind a softmax or a norm, and the analytic one does not."""
    if not case.same_shape:
        return
    for i in reversed(range(case.n.ndim)):
        if case.n.shape[i] < 3:
            continue
        size = np.abs(case.n).sum(axis=i)
        zero = np.abs(case.n.sum(axis=i)) <= 1e-6 * size + case.slack.sum(axis=i)
        if zero.all() and (np.abs(case.a.sum(axis=i)) > 1e-3 * size).any():
            message = f"does not sum to zero along {case.axis(i)}, and the numeric gradient does: forward does not see a shift along it "
            message += "(a softmax or a norm comes after), so a mean or a weighted sum must be subtracted."
            yield case.finding(Cause.MISSING_CENTERING, message, matched=case.axis(i), axis=i)
            return
