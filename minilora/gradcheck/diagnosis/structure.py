"""What is wrong along an axis: a factor for each feature or row, a mean that is not subtracted, a sum over another axis."""

from itertools import combinations

import numpy as np

from minilora.gradcheck.diagnosis.case import Cause, close, same
from minilora.gradcheck.diagnosis.pieces import factors, fitted, spreads


def feature_factor(case):
    """numeric = analytic times an array at hand."""
    if not case.same_shape or case.n.size < 3:
        return
    for name, K in factors(case):
        if name.split()[0] in ("y", "dy") and case.n.size < 6:
            continue
        if same(case.a * K, case.n, case.slack):
            message = f"lacks the factor {name}: {name} times it is right."
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=name)
            return
        if same(case.n * K, case.a, case.slack * np.abs(K)):
            message = f"has the factor {name} once too often: without it, it is right."
            yield case.finding(Cause.WRONG_SCALE, message, matched=name)
            return
        nonzero = np.abs(K) > 1e-6 * np.abs(K).max()
        if nonzero.all() and same(case.n / K, case.a * K, case.slack / np.abs(K)):
            yield case.finding(Cause.WRONG_SCALE, f"is divided by {name} where it should be multiplied.", matched=name)
            return


def centering(case):
    """The difference is constant along an axis, or is so after a division by an array at hand (xhat, or a softmax's P)."""
    if not case.same_shape:
        return
    axes = [i for i in reversed(range(case.n.ndim)) if case.n.shape[i] > 2]
    kept = [(name, K) for name, K in fitted(case) if name not in ("dy", "y")]
    for i in axes:
        if _lies_in(case, i, [np.ones(case.n.shape)]):
            yield _centering(case, i, "a mean is not subtracted: the difference is constant", "")
            return
        for name, K in kept:
            if np.ptp(K, axis=i).any() and _lies_in(case, i, [K]):
                yield _centering(case, i, f"a projection is not subtracted: the difference is {name} times a constant", name)
                return
    for i in axes:
        for name, K in kept:
            if case.n.shape[i] > 3 and np.ptp(K, axis=i).any() and _lies_in(case, i, [np.ones(K.shape), K]):
                says = f"neither a mean nor a projection is subtracted: the difference is a constant plus {name} times a constant"
                yield _centering(case, i, says, name)
                return


def _centering(case, i, says, name):
    where = case.axis(i)
    return case.finding(Cause.MISSING_CENTERING, f"{says} along {where}.", matched=name or where, axis=i)


def _lies_in(case, i, basis):
    """Whether along axis i the difference lies in the span of the basis, where neither gradient does so itself."""
    return _in_span(case.d, i, basis, case.slack) and not any(_in_span(g, i, basis, case.slack) for g in (case.a, case.n))


def _in_span(array, i, basis, slack):
    array, slack = np.moveaxis(array, i, -1), np.moveaxis(slack, i, -1)
    rows = np.stack([np.moveaxis(K, i, -1) for K in basis], axis=-1)  # (..., size, len(basis))
    try:
        coefficients = np.linalg.pinv(rows) @ array[..., None]
    except np.linalg.LinAlgError:
        return False
    return bool(close((rows @ coefficients)[..., 0], array, slack + 1e-12).all())


def wrong_reduction(case):
    """dy times something, summed over the wrong axes or not over all of them."""
    if case.n.size < 2:
        return
    for name, M in spreads(case):
        right = next((axes for axes in _subsets(M.ndim) if case.is_n(M.sum(axis=axes)) or case.is_n(M.sum(axis=axes, keepdims=True))), None)
        if right is None:
            continue
        over = " and ".join(case.axis(i, M.shape) for i in right)
        for axes in _subsets(M.ndim):
            if axes != right and any(same(case.a, M.sum(axis=axes, keepdims=keep)) for keep in (False, True)):
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
            if same(case.a, M.take(item, axis=i).sum(axis=rest)):
                where = case.axis(i, M.shape)
                says = "add up (+=) where it now overwrites" if item else "sum over it"
                message = f"is {name} at the {which} place of {where} alone, not its sum: {says}."
                yield case.finding(cause, message, where=(), matched=where, axis=i)
                return


def _subsets(ndim):
    return [axes for count in range(ndim + 1) for axes in combinations(range(ndim), count)]


def two_axes(case):
    """The difference is a sum of two parts, each constant along one axis: something was reduced over the wrong one."""
    if not case.same_shape or case.n.ndim < 2:
        return
    arrays = [("", np.ones(case.n.shape)), *((name, K) for name, K in factors(case) if not {"dy", "y"} & set(name.split()))]
    for name, K in arrays:
        if (np.abs(K) < 1e-6 * np.abs(K).max()).any():
            continue
        D, slack = case.d / K, case.slack / np.abs(K)
        for i, j in combinations([i for i in range(case.n.ndim) if case.n.shape[i] > 2], 2):
            rest = D.mean(axis=i, keepdims=True) + D.mean(axis=j, keepdims=True) - D.mean(axis=(i, j), keepdims=True)
            alone = any(close(D, D.mean(axis=k, keepdims=True), slack).all() for k in (i, j))
            if not alone and close(rest, D, 4 * slack + 1e-9 * np.abs(D).max()).all():
                of = f" of the difference divided by {name}" if name else ""
                message = f"is reduced over the wrong axis: one part{of} is constant along {case.axis(i)}, the other along {case.axis(j)}."
                yield case.finding(Cause.WRONG_AXIS, message, matched=f"{case.axis(i)}, {case.axis(j)}", axes=[i, j])
                return


def row_ratio(case):
    """The ratio is constant along all axes but one or some, and no array at hand explains it."""
    if not case.same_shape or case.n.size < 6:
        return
    real = [i for i in range(case.n.ndim) if case.n.shape[i] > 1]
    for count in range(1, len(real)):
        for axes in combinations(real, count):
            over = tuple(i for i in real if i not in axes)
            if np.prod([case.n.shape[i] for i in over]) < 2:
                continue
            square = (case.n * case.n).sum(axis=over, keepdims=True)
            ratio = np.divide((case.a * case.n).sum(axis=over, keepdims=True), square, out=np.ones_like(square), where=square > 0)
            if same(ratio * case.n, case.a, case.slack * np.maximum(1, np.abs(ratio))):
                along, fixed = " and ".join(map(case.axis, axes)), " and ".join(map(case.axis, over))
                message = f"is off by a factor that changes along {along} and is the same along {fixed} (from {ratio.min():.4g} to "
                message += f"{ratio.max():.4g}): a factor of each {along} is missing, or a reduction runs over the wrong axis."
                evidence = {"smallest": float(ratio.min()), "largest": float(ratio.max()), "axes": list(axes)}
                yield case.finding(Cause.WRONG_AXIS, message, matched=along, **evidence)
                yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=along, **evidence)
                return
