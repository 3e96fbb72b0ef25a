"""A sum over the wrong axis, or not over all of them."""

from itertools import combinations

import numpy as np

from minilora.gradcheck.diagnosis.case import close, same
from minilora.gradcheck.diagnosis.pieces import fitted, spreads
from minilora.gradcheck.finding import Cause


def wrong_reduction(case):
    """dy times something, summed over the wrong axes or not over all of them."""
    if case.n.size < 2:
        return
    for name, M in (*spreads(case), *_weight_gradients(case)):
        right = next(
            (axes for axes in _subsets(M.ndim) if case.is_n(M.sum(axis=axes)) or case.is_n(M.sum(axis=axes, keepdims=True))), None
        )
        if right is None:
            continue
        over = " and ".join(case.axis(i, M.shape) for i in right)
        for axes in _subsets(M.ndim):
            if axes != right and _same_values(case.a, M.sum(axis=axes)):
                wrongly = " and ".join(case.axis(i, M.shape) for i in axes) or "no axis"
                cause = Cause.MISSING_BROADCAST_SUM if set(axes) < set(right) else Cause.WRONG_AXIS
                message = f"is {name} summed over {wrongly}; it should be summed over {over}."
                yield case.finding(cause, message, where=(), matched=wrongly, axes=list(axes))
                return
        yield from _one_item(case, name, M, right)
        return


def _one_item(case, name, M, right):
    for i in right:
        rest = tuple(j - (j > i) for j in right if j != i)
        for item, which, cause in ((-1, "last", Cause.NOT_ACCUMULATED), (0, "first", Cause.MISSING_BROADCAST_SUM)):
            if _same_values(case.a, M.take(item, axis=i).sum(axis=rest)):
                where = case.axis(i, M.shape)
                says = "add up (+=) where it now overwrites" if item else "sum over it"
                message = f"is {name} at the {which} place of {where} alone, not its sum: {says}."
                yield case.finding(cause, message, where=(), matched=where, axis=i)
                return


def _weight_gradients(case):
    """dy^T x, and its products with arrays at hand: what a factor of a weight has its gradient from."""
    dy = case.context.arrays.get("dy")
    if dy is None or dy.ndim < 2:
        return
    for name, x in case.floating.items():
        if x.shape[:-1] != dy.shape[:-1] or x.ndim < 2:
            continue
        for how, G in ((f"dy^T {name}", _rows(dy).T @ _rows(x)), (f"{name}^T dy", _rows(x).T @ _rows(dy))):
            yield how, G
            yield from ((f"{how} {other}", G * K) for other, K in fitted(case, G.shape) if other not in ("dy", case.output))


def _rows(a):
    return a.reshape(-1, a.shape[-1])


def _same_values(u, v):
    return u.size == v.size and same(u.ravel(), v.ravel())


def _subsets(ndim):
    return [axes for count in range(ndim + 1) for axes in combinations(range(ndim), count)]


def two_axes(case):
    """The difference is a sum of two parts, each constant along one axis: something was reduced over the wrong one."""
    if not case.same_shape or case.n.ndim < 2:
        return
    singles = [(name, K) for name, K in fitted(case) if name not in ("dy", case.output)]
    with np.errstate(all="ignore"):
        inverses = [(f"1/{name}", 1 / K) for name, K in singles]
        quotients = [(f"{one}/{other}", u / v) for one, u in singles for other, v in singles if one != other]
    products = [(f"{one} {other}", u * v) for (one, u), (other, v) in combinations(singles, 2)]
    arrays = [("", np.ones(case.n.shape)), *singles, *inverses, *products, *quotients]
    for name, K in arrays:
        if (np.abs(K) < 1e-6 * np.abs(K).max()).any() or not np.isfinite(K).all():
            continue
        D, slack = case.d / K, case.slack / np.abs(K)
        for i, j in combinations([i for i in range(case.n.ndim) if case.n.shape[i] > 1], 2):
            if (case.n.shape[i] - 1) * (case.n.shape[j] - 1) < 3:  # too few entries to tell
                continue
            rest = D.mean(axis=i, keepdims=True) + D.mean(axis=j, keepdims=True) - D.mean(axis=(i, j), keepdims=True)
            alone = any(close(D, D.mean(axis=k, keepdims=True), slack).all() for k in (i, j))
            if not alone and close(rest, D, 4 * slack + 1e-9 * np.abs(D).max()).all():
                of = f" of the difference divided by {name}" if name else ""
                message = f"is reduced over the wrong axis: one part{of} is constant along {case.axis(i)}, the other along "
                message += f"{case.axis(j)}."
                yield case.finding(Cause.WRONG_AXIS, message, matched=f"{case.axis(i)}, {case.axis(j)}", axes=[i, j])
                return
