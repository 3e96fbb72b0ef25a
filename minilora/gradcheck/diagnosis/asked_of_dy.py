"""Questions to backward with another dy: whether it is linear, what it uses of dy, and what is missing on dy's way."""

import numpy as np

from minilora.gradcheck.diagnosis.case import close, same
from minilora.gradcheck.diagnosis.pieces import fitted
from minilora.gradcheck.diagnosis.zeros import is_dropout
from minilora.gradcheck.finding import Cause

MOST_PLACES = 64  # along an axis of dy that are asked about one by one


def unrepeatable(case):
    """Backward draws random numbers of its own."""
    again = case.ask({}, case.context.arrays.get("dy"))
    if again is not None and again[1] is not None and again[1].shape == case.a.shape and not same(again[1], case.a):
        message = "changes from call to call of backward: it draws a new mask. Keep the one that forward used in the cache."
        yield case.finding(Cause.DROPOUT_MASK_NOT_REUSED, message)


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


def not_linear(case):
    """Backward is not linear in dy, as every backward is."""
    dy = case.context.arrays.get("dy")
    if dy is None:
        return
    answer = case.ask({}, -dy)
    if answer is None or answer[1] is None or answer[1].shape != case.a.shape or same(-answer[1], case.a):
        return
    zero = case.ask({}, np.zeros_like(dy))
    if zero is None or zero[1] is None or np.abs(zero[1]).max(initial=0.0) > 0:  # a term without dy is another matter
        return
    message = "does not change its sign with dy: backward is not linear in dy, and every backward is."
    double = case.ask({}, 2 * dy)
    if double is not None and double[1] is not None and same(double[1], 2 * case.a):
        message += " It takes a sign or a maximum of the gradient, where a mask of forward's own is due."
        yield case.finding(Cause.MASK_MISSING, message)
    else:
        yield case.finding(Cause.WRONG, message)


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


def factor_on_dy(case):
    """Right if dy is multiplied by an array at hand first: that factor is missing inside, as gamma in a layer norm's dx."""
    dy = case.context.arrays.get("dy")
    if dy is None or dy.ndim == 0:
        return
    for name, K in fitted(case, dy.shape):
        if name in ("dy", case.output):
            continue
        answer = case.ask({}, dy * K)
        if answer is None or answer[1] is None or not case.is_n(answer[1]):
            continue
        if (K == 0).any():
            if is_dropout(case):
                yield case.finding(
                    Cause.DROPOUT_MASK_NOT_REUSED, f"is right once dy is multiplied by the mask {name}.", matched=name
                )
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


def ignored_places(case):
    """Of dy, backward uses some places along an axis alone, and forward uses all of them."""
    dy = case.context.arrays.get("dy")
    if dy is None or dy.ndim == 0 or not np.abs(case.a).max(initial=0.0) > 0:
        return
    for i in range(dy.ndim):
        if dy.shape[i] > MOST_PLACES:
            continue
        ignored = [k for k in range(dy.shape[i]) if _ignores(case, dy, i, k)]
        if not ignored or len(ignored) == dy.shape[i]:
            continue
        used = [k for k in range(dy.shape[i]) if k not in ignored]
        where = case.axis(i, dy.shape)
        group = dy.shape[i] // len(used)
        places = f"place {used[0]}" if len(used) == 1 else f"places {', '.join(map(str, used))}"
        message = f"follows from the {places} along {where} of dy alone; of the other {len(ignored)} it takes nothing."
        cause, says = Cause.GRADIENT_CUT, "The gradient of the others is cut off."
        alone = all(
            a is None or close(a, n, 1e-6 * np.abs(n).max(initial=0)).all()
            for other, (a, n) in case.others.items()
            if other != case.name and a is not None and a.shape == n.shape
        )
        if used == list(range(group - 1, dy.shape[i], group)):
            cause, says = Cause.NOT_ACCUMULATED, "Add up (+=) what each place gives, where each now overwrites the one before."
        elif used == [0] and alone:
            cause, says = Cause.MISSING_BROADCAST_SUM, "Sum over all of them."
        yield case.finding(cause, f"{message} {says}", where=(), matched=where, axis=i, used=used)
        return


def _ignores(case, dy, axis, place):
    """Whether the gradient stays as it is without one place of dy, although forward passes it on."""
    without, alone = dy.copy(), np.zeros_like(dy)
    np.moveaxis(without, axis, 0)[place] = 0
    np.moveaxis(alone, axis, 0)[place] = np.moveaxis(dy, axis, 0)[place]
    answer = case.ask({}, without)
    if answer is None or answer[1] is None or not same(answer[1], case.a):
        return False
    v = np.random.default_rng(0).standard_normal(case.n.shape)
    slope = case.slope(v)
    return slope is not None and abs(float((alone * slope).sum())) > 1e-6 * float(np.abs(dy * slope).sum())
