"""A factor that is not one number: an array at hand, a count for each row, an epsilon."""

from itertools import combinations

import numpy as np

from minilora.gradcheck.diagnosis.case import is_mask, same
from minilora.gradcheck.diagnosis.pieces import factors, fitted
from minilora.gradcheck.finding import Cause


def feature_factor(case):
    """numeric = analytic times an array at hand."""
    if not case.same_shape or case.n.size < 3:
        return
    for name, count in _counts(case):
        if same(case.n * count, case.a, case.slack * count):
            message = f"is too large by the factor {name}, row by row: forward takes a mean, and the division was left out."
            yield case.finding(Cause.MISSING_MEAN, message, matched=name)
            return
        for size in {size for a in case.context.arrays.values() for size in a.shape if size > 1}:
            if same(case.n * count, case.a * size, case.slack * count):
                message = f"is divided by {size} where it should be divided by {name}: not every entry counts in the mean."
                yield case.finding(Cause.WRONG_SCALE, message, matched=f"{name}/{size}")
                return
    for name, K in factors(case):
        if name.split()[0] in ("dy", case.output) and case.n.size < 6:
            continue
        if same(case.a * K, case.n, case.slack):
            message = f"lacks the factor {name}: {name} times it is right."
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=name)
            return
        if same(case.n * K, case.a, case.slack * np.abs(K)):
            message = f"lacks the factor 1/{name}: divided by {name} it is right."
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=f"1/{name}")
            return
        nonzero = np.abs(K) > 1e-6 * np.abs(K).max()
        if nonzero.all() and same(case.n / K, case.a * K, case.slack / np.abs(K)):
            message = f"lacks the factor {name}^2: it is divided by {name} where it should be multiplied."
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=f"{name}^2")
            return


def _counts(case):
    """(name, array): how many entries of a mask are True along one of its axes, fitted to the gradient's shape."""
    for name, mask in case.context.arrays.items():
        if not is_mask(mask) or mask.all():
            continue
        for i in range(mask.ndim):
            count = mask.sum(axis=i, keepdims=True).astype(np.float64)
            count = count.reshape(count.shape + (1,) * (case.n.ndim - mask.ndim))
            if count.ndim == case.n.ndim and all(size in (1, full) for size, full in zip(count.shape, case.n.shape, strict=True)):
                yield f"the sum of {name}", np.broadcast_to(count, case.n.shape)


def epsilon(case):
    """analytic / numeric = 1 + epsilon / K: forward adds an epsilon to K, in a logarithm or a denominator, and backward not."""
    if not case.same_shape or case.n.size < 4:
        return
    clear = (np.abs(case.d) > 100 * case.slack) & (np.abs(case.n) > 10 * case.slack)
    if clear.sum() < 3:
        return
    for name, K in [*fitted(case), *_picked(case)]:
        shares = (case.d * K / case.n)[clear]
        c = float(np.median(shares))
        if 0 < abs(c) < 0.05 and np.ptp(shares) < 0.01 * abs(c) and np.ptp(K[clear]) and name not in ("dy", case.output):
            message = (
                f"is 1 + {c:.3g}/{name} times what it should be: forward adds {c:.3g} to {name}, and backward leaves it out. "
            )
            message += f"Where {name} is small, that is a large error."
            yield case.finding(Cause.WRONG_SCALE, message, matched=f"1 + {c:.3g}/{name}", epsilon=c)
            return


def _picked(case):
    """(name, array): an array at hand, picked at ids along its last axis, as a loss picks the target's probability."""
    for name, ids in case.context.arrays.items():
        if ids.dtype.kind not in "iu" or ids.shape != case.n.shape[:-1] or not ids.size:
            continue
        for other, P in case.floating.items():
            if P.size == case.n.size and P.shape[-1:] == case.n.shape[-1:] and ids.max() < P.shape[-1]:
                picked = np.take_along_axis(P.reshape(case.n.shape), np.maximum(ids, 0)[..., None], axis=-1)
                yield f"{other}[{name}]", np.broadcast_to(picked, case.n.shape)


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
                message = (
                    f"is off by a factor that changes along {along} and is the same along {fixed} (from {ratio.min():.4g} to "
                )
                message += f"{ratio.max():.4g}): a factor of each {along} is missing, or a reduction runs over the wrong axis."
                evidence = {"smallest": float(ratio.min()), "largest": float(ratio.max()), "axes": list(axes)}
                yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=along, **evidence)
                yield case.finding(Cause.WRONG_AXIS, message, matched=along, **evidence)
                return
