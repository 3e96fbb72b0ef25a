"""Entries that are zero and should not be, or the reverse; and ids that repeat."""

import numpy as np

from minilora.gradcheck.context import is_cached
from minilora.gradcheck.diagnosis.case import multiple
from minilora.gradcheck.finding import Cause

DROPPING = ("p", "p_drop", "drop", "dropout", "rate", "drop_prob", "dropout_p")  # what a dropout probability is called
TINY = 1e-10  # relative to the largest entry: a numeric gradient smaller than this is taken for zero


def duplicates(case):
    """Rows of ids that occur once are right, rows of ids that repeat are wrong."""
    if not case.same_shape:
        return
    for key, ids in case.context.arrays.items():
        if ids.dtype.kind not in "iu" or ids.ndim == 0 or is_cached(key):
            continue
        values, counts = np.unique(ids, return_counts=True)
        for i, size in enumerate(case.n.shape):
            if values[-1] >= size or values[0] < -size:
                continue
            wrong = case.wrong.any(axis=tuple(j for j in range(case.n.ndim) if j != i))
            repeated, once = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
            repeated[values[counts > 1]] = True
            once[values[counts == 1]] = True
            if repeated.any() and np.array_equal(wrong, repeated) and (once.any() or _last_only(case, ids, i)):
                which = ", ".join(map(str, np.flatnonzero(repeated)[:5]))
                message = f"is right in the rows whose id occurs once in {key} and wrong where it repeats (ids {which}): "
                message += "occurrences overwrite each other. Add them up, as np.add.at does; dW[ids] += ... and dW[ids] = ... "
                message += "keep the last one only."
                yield case.finding(Cause.OVERWRITTEN_DUPLICATES, message, matched=key, ids=np.flatnonzero(repeated).tolist())
                return


def _last_only(case, ids, axis):
    """Whether each wrong row is what one single occurrence contributes: dy at the last place of its id."""
    dy = case.context.arrays.get("dy")
    if axis != 0 or dy is None or dy.shape != ids.shape + case.n.shape[1:]:
        return False
    last = {int(v): i for i, v in enumerate(ids.ravel())}
    flat = dy.reshape(ids.size, *case.n.shape[1:])
    return all(multiple(case.a[v], flat[i]) is not None for v, i in last.items())


def zero_pattern(case):
    """mask_missing, gradient_cut, or a mask of dropout that is not the one forward used."""
    if not case.same_shape or not case.wrong.any():
        return
    largest = np.abs(case.n[case.seen]).max(initial=0.0)
    zero_n, zero_a = np.abs(case.n) <= TINY * largest, case.a == 0
    extra, lost = case.wrong & zero_n & ~zero_a, case.wrong & zero_a & ~zero_n
    rest = case.wrong & ~extra & ~lost
    if not largest:
        message = f"is not zero, but forward does not depend on {case.name} at all: it is never used."
        yield case.finding(Cause.DEAD_PARAMETER, message)
        return
    if rest.any() and (lost.any() or multiple(case.a[rest], case.n[rest], case.slack[rest]) is None):
        return
    if zero_a.all():
        yield case.finding(
            Cause.GRADIENT_CUT, "is zero everywhere, but forward depends on it: the gradient is cut off.", where=()
        )
    elif extra.any() and lost.any():
        message = (
            f"is zero in {int(lost.sum())} entries where it should not be, and not zero in {int(extra.sum())} where it should: "
        )
        message += "backward uses another mask than forward did. Keep forward's mask in the cache."
        yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, message, entries=int(extra.sum() + lost.sum()))
        yield case.finding(Cause.MASK_MISSING, message, entries=int(extra.sum() + lost.sum()))
    elif extra.any():
        yield from _unmasked(case, extra)
    elif lost.any() and not rest.any():
        message = f"is zero in {int(lost.sum())} of {lost.size} entries where it should not be: the gradient is cut off there."
        yield case.finding(Cause.GRADIENT_CUT, message, entries=int(lost.sum()))


def _unmasked(case, extra):
    message = (
        f"is not zero in {int(extra.sum())} of {extra.size} entries where it should be: forward masks them, backward does not."
    )
    evidence = {"entries": int(extra.sum())}
    mask = mask_name(case, extra)
    if is_dropout(case):
        says = message + " It is dropout's mask; use it again in backward."
        yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, says, matched=mask, **evidence)
    yield case.finding(Cause.MASK_MISSING, message, matched=mask, **evidence)


def leak(case):
    """Not zero where it should be, and wrong elsewhere too: a mask is missing before a sum."""
    if not case.same_shape:
        return
    largest = np.abs(case.n[case.seen]).max(initial=0.0)
    extra = case.wrong & (np.abs(case.n) <= TINY * largest)
    if largest and extra.sum() > 2:
        yield from _unmasked(case, extra)


def mask_name(case, extra):
    """The array that is zero exactly where the gradient should be; "" if none is."""
    for key, array in case.floating.items():
        if key not in (case.output, "dy", case.name) and array.ndim and array.shape == extra.shape and (array[extra] == 0).all():
            return key
    return ""


def is_dropout(case):
    """Whether forward drops: one of its numbers is named as a dropout probability is, and is not 0."""
    return any(key.rpartition(".")[2] in DROPPING and value for key, value in case.context.numbers.items())
