"""A mean or a projection that is not subtracted, as behind a layer norm or a softmax."""

import numpy as np

from minilora.gradcheck.context import is_cached
from minilora.gradcheck.diagnosis.case import close
from minilora.gradcheck.diagnosis.fitting import fit_along
from minilora.gradcheck.diagnosis.pieces import fitted
from minilora.gradcheck.finding import Cause


def mean(case):
    """The difference is constant along an axis, or is so after a division by an array at hand (xhat, or a softmax's P)."""
    if not case.same_shape:
        return
    for i in _long_axes(case, 3):
        if _lies_in(case, i, [np.ones(case.n.shape)]):
            yield from _centering(case, i, "a mean is not subtracted, or not in the right size: the difference is constant", "")
            return
        for name, K in _at_hand(case, i):
            if _lies_in(case, i, [K]):
                yield from _centering(
                    case,
                    i,
                    f"a projection is not subtracted, or not in the right size: the difference is {name} times a constant",
                    name,
                )
                return


def projection(case):
    """Neither the mean nor the projection is subtracted: the difference is a constant plus an array at hand times another."""
    if not case.same_shape:
        return
    for i in _long_axes(case, 4):
        for name, K in _at_hand(case, i):
            distinct = (np.diff(np.sort(K, axis=i), axis=i) > 1e-9).sum(axis=i).min() + 1
            if distinct > 2 and _lies_in(case, i, [np.ones(K.shape), K]):
                says = f"neither a mean nor a projection is subtracted: the difference is a constant plus {name} times a constant"
                yield from _centering(case, i, says, name)
                return


def _long_axes(case, least):
    return [i for i in reversed(range(case.n.ndim)) if case.n.shape[i] >= least]


def _at_hand(case, i):
    """The arrays that a gradient may be projected on along axis i: normalised there (xhat, a unit vector), positive (P), or x."""
    for name, K in fitted(case):
        if name in ("dy", case.output) or not np.ptp(K, axis=i).any():
            continue
        square = (K * K).sum(axis=i)
        normalised = any(np.allclose(size, 1, atol=1e-2) for size in (square, square / K.shape[i]))
        if normalised or K.min() > 0 or name == case.name:
            yield name, K


def _centering(case, i, says, name):
    where = case.axis(i)
    missing = case.finding(Cause.MISSING_CENTERING, f": {says} along {where}.", matched=name or where, axis=i)
    if name or _forward_centres(case, i):
        return [missing]
    message = f": a mean along {where} is subtracted that forward does not take."
    return [case.finding(Cause.EXTRA_TERM, message, matched=where, axis=i), missing]


def _forward_centres(case, i):
    """Whether forward does not see a shift along the axis, or keeps an array that sums to zero along it."""
    slope = case.slope(np.ones(case.n.shape))
    if slope is not None and np.abs(slope).max(initial=0.0) < 1e-7 * max(
        np.abs(case.context.arrays[case.output]).max(initial=0.0), 1e-3
    ):
        return True
    cached = [K for name, K in fitted(case) if is_cached(name)]
    return any((np.abs(K.sum(axis=i)) <= 1e-9 * np.abs(K).sum(axis=i)).all() for K in cached)


def _lies_in(case, i, basis):
    """Whether along axis i the difference lies in the span of the basis, where neither gradient does so itself."""
    return _in_span(case.d, i, basis, case.slack) and not any(_in_span(g, i, basis, case.slack) for g in (case.a, case.n))


def _in_span(array, i, basis, slack):
    try:
        nearest = fit_along(array, np.stack(basis), i)
    except np.linalg.LinAlgError:
        return False
    return bool(close(nearest, array, slack + 1e-12).all())


def lost_invariance(case):
    """The numeric gradient sums to zero along an axis, as behind a softmax or a norm, and the analytic one would if centred."""
    if not case.same_shape or case.wrong.mean() < 0.5:  # a few wrong entries break it too
        return
    for i in reversed(range(case.n.ndim)):
        if case.n.shape[i] < 3:
            continue
        size = np.abs(case.n).sum(axis=i)
        zero = np.abs(case.n.sum(axis=i)) <= 1e-6 * size + case.slack.sum(axis=i)
        if not zero.all() or not (np.abs(case.a.sum(axis=i)) > 1e-3 * size).any():
            continue
        where = case.axis(i)
        message = f"does not sum to zero along {where}, and the numeric gradient does: forward does not see a shift along it (a "
        message += "softmax or a norm comes after)."
        if any(case.is_n(case.a - share * case.a.sum(axis=i, keepdims=True)) for share in _weights(case, i)):
            message += " With its weighted sum subtracted it is right."
            yield case.finding(Cause.MISSING_CENTERING, message, matched=where, axis=i)
        else:
            yield case.finding(Cause.WRONG, message, matched=where, axis=i)
        return


def _weights(case, i):
    """What a sum along axis i may be weighted by: equal shares, or those of positive numbers at hand, as in a softmax."""
    yield np.full(case.n.shape, 1 / case.n.shape[i])
    yield from (K / K.sum(axis=i, keepdims=True) for _, K in fitted(case) if K.min() > 0)
