"""Questions to the pair itself: what happens to the mistake when dy, an input or a number is replaced."""

import numpy as np

from minilora.gradcheck.diagnosis.case import Cause, same
from minilora.gradcheck.diagnosis.expressions import equal
from minilora.gradcheck.diagnosis.pieces import fitted
from minilora.gradcheck.diagnosis.zeros import is_dropout


def unrepeatable(case):
    """Backward draws random numbers of its own."""
    again = case.ask({}, case.context.arrays.get("dy"))
    if again is not None and again[1] is not None and again[1].shape == case.a.shape and not same(again[1], case.a):
        message = "changes from call to call of backward: it draws a new mask. Keep the one that forward used in the cache."
        yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, message)


def factor_on_dy(case):
    """Right if dy is multiplied by an array at hand first: that factor is missing inside, as gamma in a layer norm's dx."""
    dy = case.context.arrays.get("dy")
    if dy is None or dy.ndim == 0:
        return
    for name, K in fitted(case, dy.shape):
        if name in ("dy", "y"):
            continue
        answer = case.ask({}, dy * K)
        if answer is None or answer[1] is None or not case.is_n(answer[1]):
            continue
        if (K == 0).any():
            if is_dropout(case):
                yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, f"is right once dy is multiplied by the mask {name}.", matched=name)
            yield case.finding(Cause.MASK_MISSING, f"is right once dy is multiplied by the mask {name}.", matched=name)
        else:
            message = f"is right once dy is multiplied by {name}: that factor is missing."
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=name)
        return


def operand_transposed(case):
    """The gradient is J dy where J^T dy is due: the matrix, or the turn, is not transposed in backward."""
    dy = case.context.arrays.get("dy")
    if dy is None or not case.same_shape or dy.shape != case.n.shape or dy.size < 3:
        return
    forth = case.slope(dy)
    if forth is None or not same(case.a, forth, case.slack):
        return
    message = "is J dy where J^T dy is due: backward applies forward's own map, not its transpose."
    flips = _antisymmetric(case)
    if flips:
        says = message + " The two differ in the sign of the terms off the diagonal alone (a rotation must turn back)."
        yield case.finding(Cause.SIGN_FLIP, says)
    yield case.finding(Cause.TRANSPOSED, message)


def _antisymmetric(case):
    """Whether the entries of J off the diagonal change sign when J is transposed, seen at one pair of entries."""
    unit = np.zeros(case.n.size)
    unit[0] = 1.0
    column = case.slope(unit.reshape(case.n.shape))
    if column is None:
        return False
    off = np.abs(column.ravel())
    off[0] = 0
    j = int(off.argmax())
    if not off[j] > 0:
        return False
    unit[0], unit[j] = 0.0, 1.0
    row = case.slope(unit.reshape(case.n.shape))
    return row is not None and abs(row.ravel()[0] + column.ravel()[j]) < 1e-6 * off[j]


def one_place_only(case):
    """Of dy, backward uses the first or the last place along an axis alone."""
    dy = case.context.arrays.get("dy")
    if dy is None or dy.ndim == 0:
        return
    for i in range(dy.ndim):
        if dy.shape[i] < 2:
            continue
        for item, which, cause in ((-1, "last", Cause.NOT_ACCUMULATED), (0, "first", Cause.MISSING_BROADCAST_SUM)):
            alone = np.zeros_like(dy)
            np.moveaxis(alone, i, 0)[item] = np.moveaxis(dy, i, 0)[item]
            answer = case.ask({}, alone)
            if answer is not None and answer[1] is not None and same(answer[1], case.a) and np.abs(case.a).max(initial=0) > 0:
                where = case.axis(i, dy.shape)
                message = f"follows from the {which} place along {where} of dy alone; the others do not count. "
                message += "Add up (+=) what each place gives." if item else "Sum over it."
                yield case.finding(cause, message, where=(), matched=where, axis=i)
                return


def without_dy(case):
    """A term that does not depend on dy."""
    dy = case.context.arrays.get("dy")
    if dy is None:
        return
    answer = case.ask({}, np.zeros_like(dy))
    if answer is None or answer[1] is None or answer[1].shape != case.n.shape:
        return
    left = answer[1]
    if np.abs(left).max(initial=0.0) <= 1e-9 * np.abs(case.n).max(initial=0.0):
        return
    if case.same_shape and case.is_n(case.a - left):
        name = next((f" It is {c:.6g} times {key}." for key, c in _multiples(case, left)), "")
        yield case.finding(Cause.EXTRA_TERM, f"has a term that stays when dy is zero.{name} Without it, it is right.")


def _multiples(case, array):
    for name, K in fitted(case):
        c = float((array * K).sum() / (K * K).sum())
        if same(array, c * K):
            yield name, c


def upstream_ignored(case):
    """Backward does not use dy: it assumes that nothing comes after, so that dy is 1."""
    dy = case.context.arrays.get("dy")
    if dy is None or not case.same_shape:
        return
    answer = case.ask({}, np.ones_like(dy))
    if answer is None or answer[1] is None or not same(answer[1], case.a) or same(dy, np.ones_like(dy)):
        return
    other = case.ask({}, 2 * dy)
    if other is not None and other[1] is not None and same(other[1], case.a) and case.right_with({}, np.ones_like(dy)):
        message = "does not change with dy: backward leaves out what comes from above, and is right for dy = 1 only."
        if dy.ndim == 0:
            yield case.finding(Cause.WRONG_SCALE, message, factor=float(1 / dy), matched="1/dy")
        else:
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched="dy")


def neutral_mask(case):
    """Right where a mask hides nothing, or where nothing is dropped."""
    for name, array in case.context.arrays.items():
        if array.dtype.kind == "b" and not array.all() and _right(case, {name: np.ones_like(array)}):
            message = f"is right when {name} is True everywhere: backward does not use the mask that forward used."
            if is_dropout(case):
                yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, message, matched=name)
            yield case.finding(Cause.MASK_MISSING, message, matched=name)
            return


NEUTRAL = {"p": 0.0, "p_drop": 0.0, "dropout": 0.0, "s": 1.0, "scale": 1.0, "scaling": 1.0, "tau": 1.0, "temperature": 1.0}


def neutral_number(case):
    """Right where a number is 1 (or dropout's probability 0): backward leaves the number out, or uses it wrongly."""
    for name in case.context.numbers:
        value = NEUTRAL.get(name)
        if name.startswith("cache") or value is None or equal(case.context.numbers[name], value):
            continue
        if _right(case, {name: value}):
            cause = Cause.WRONG_SCALE
            if name in ("p", "p_drop", "dropout"):
                cause = Cause.DROPOUT_MASK_NOT_REUSED
            elif name in ("s", "scale", "scaling") and {"A", "B"} <= set(case.context.arrays):
                cause = Cause.MISSING_LORA_SCALE
            message = f"is right for {name} = {value:g}: backward leaves {name} out of a term, or uses it wrongly there."
            yield case.finding(cause, message, matched=name)
            return


def neutral_array(case):
    """Right where another input is 1 everywhere: the factor is missing inside."""
    for name in _movable(case):
        if _right(case, {name: np.ones_like(case.context.arrays[name])}):
            message = f"is right when {name} is 1 everywhere: the factor {name} is missing in a term."
            yield case.finding(Cause.MISSING_FEATURE_FACTOR, message, matched=name)
            return


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
    return [key for key in case.others if key != case.name and case.context.arrays[key].dtype.kind == "f" and key in case.context.arrays]


def _right(case, changes):
    """Whether the gradient is right, and not zero, after the changes."""
    answer = case.ask(changes, case.context.arrays.get("dy"))
    if answer is None or answer[1] is None or not np.abs(answer[1]).max(initial=0.0) > 1e-9 * np.abs(case.n).max(initial=0.0):
        return False
    return bool(case.right_with(changes))
