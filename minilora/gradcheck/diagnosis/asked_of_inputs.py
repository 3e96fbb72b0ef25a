"""Questions to the pair with other inputs: at which values the mistake vanishes, such as a mask that hides nothing."""

import numpy as np

from minilora.gradcheck.context import is_cached
from minilora.gradcheck.diagnosis.case import is_mask
from minilora.gradcheck.diagnosis.zeros import DROPPING, is_dropout
from minilora.gradcheck.finding import Cause


def neutral_mask(case):
    """Right where a mask hides nothing, or where nothing is dropped."""
    nothing_dropped = {name: 0.0 for name in case.context.numbers if name in DROPPING}
    for name, array in case.context.arrays.items():
        if is_cached(name) or not is_mask(array) or array.all():
            continue
        for numbers in ({}, nothing_dropped) if nothing_dropped else ({},):
            if not _right(case, {name: np.ones_like(array), **numbers}):
                continue
            message = f"is right when {name} is True everywhere: backward does not use the mask that forward used."
            if numbers or is_dropout(case):
                yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, message, matched=name)
            yield case.finding(Cause.MASK_MISSING, message, matched=name)
            return


def symmetric(case):
    """Right where a square matrix is symmetric: it is not transposed where it should be, or the other way round."""
    dy = case.context.arrays.get("dy")
    if dy is not None and _square(dy):
        symmetrised = dy + dy.swapaxes(-1, -2)
        if not case.right_with({}, dy) and case.right_with({}, symmetrised):
            yield case.finding(
                Cause.TRANSPOSED, "is right when dy is symmetric: backward uses dy where dy^T is due, or the reverse."
            )
            return
    for name in _movable(case):
        K = case.context.arrays[name]
        if _square(K) and _right(case, {name: K + K.swapaxes(-1, -2)}):
            message = f"is right when {name} is symmetric: backward uses {name} where {name}^T is due, or the reverse."
            yield case.finding(Cause.TRANSPOSED, message, matched=name)
            return


def _square(a):
    return a.ndim >= 2 and a.shape[-1] == a.shape[-2] > 1


def term_through(case):
    """(case of the term alone, name), for each other input that makes a term: what vanishes with it, where the rest is right."""
    if not case.same_shape:
        return
    for name in _movable(case):
        zero = {name: np.zeros_like(case.context.arrays[name])}
        if not _right(case, zero):
            continue
        rest = case.ask(zero, case.context.arrays["dy"])[1]
        yield case.with_arrays(case.a - rest, case.n - rest), name


def _movable(case):
    """The other floating inputs: what forward takes, not what it makes."""
    arrays = case.context.arrays
    return [key for key in case.others if key != case.name and key in arrays and arrays[key].dtype.kind == "f"]


def _right(case, changes):
    """Whether the gradient is right, and not zero, after the changes."""
    answer = case.ask(changes, case.context.arrays.get("dy"))
    if answer is None or answer[1] is None or not np.abs(answer[1]).max(initial=0.0) > 1e-9 * np.abs(case.n).max(initial=0.0):
        return False
    return bool(case.right_with(changes))
