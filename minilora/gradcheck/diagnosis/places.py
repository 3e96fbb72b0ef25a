"""The right numbers in the wrong place: another shape, another input's gradient, a transpose, a reshape."""

from itertools import combinations, permutations

import numpy as np

from minilora.gradcheck.diagnosis.case import close, same
from minilora.gradcheck.finding import Cause

MOST_AXES = 5  # of the arrays whose permutations are tried


def swapped(case):
    """The gradients of two inputs are exchanged."""
    for other, (a, n) in case.others.items():
        if other == case.name or a is None:
            continue
        forth = same(case.a, n)
        back = case.is_n(a) if a.shape == case.n.shape else False
        if forth and back and not (case.same_shape and same(case.a, -case.n, case.slack)):
            message = f"holds the gradient of {other}, and that of {other} holds this one: the two are exchanged."
            yield case.finding(Cause.SWAPPED, message, where=(), matched=other)
            return


def transposed(case):
    """The gradient with its axes exchanged: analytic = numeric^T."""
    for axes in _permutations(case.n.ndim):
        turned, slack = case.n.transpose(axes), case.slack.transpose(axes)
        if turned.shape == case.a.shape and close(case.a, turned, slack).all():
            how = "" if case.n.ndim == 2 else f" (axes in the order {axes})"
            shape = "" if case.same_shape else f"; its shape is {case.a.shape}, that of {case.name} is {case.n.shape}"
            yield case.finding(Cause.TRANSPOSED, f"is the transpose of what it should be{how}{shape}.", where=(), axes=list(axes))
            return


def reshaped(case):
    """The same values in other places, by a reshape where a transpose is due, or by any other mix-up."""
    if case.a.size != case.n.size or case.n.size < 3 or not case.seen.all():
        return
    if not case.same_shape and close(case.a.reshape(case.n.shape), case.n, case.slack).all():
        return  # only the shape is wrong
    for axes in _permutations(case.n.ndim):
        turned, slack = (x.transpose(axes).ravel() for x in (case.n, case.slack))
        if close(case.a.ravel(), turned, slack).all():
            message = "has the right values in the wrong places: a transpose was made, and then a reshape to this shape."
            yield case.finding(Cause.RESHAPED, message, axes=list(axes))
            return
    order = np.argsort(case.n, axis=None)
    if close(np.sort(case.a, axis=None), case.n.ravel()[order], case.slack.ravel()[order]).all():
        message = (
            "has the right values in the wrong places: a reshape stands where a transpose is due, or the order was mixed up."
        )
        yield case.finding(Cause.RESHAPED, message)


def _permutations(ndim):
    if ndim > MOST_AXES:
        return
    identity = tuple(range(ndim))
    yield from (axes for axes in permutations(identity) if axes != identity)


def unsummed(case):
    """An array of the wrong shape that becomes right when axes are summed over: those along which forward repeats the input."""
    if case.same_shape or case.a.ndim > 2 * MOST_AXES:
        return
    for count in range(1, case.a.ndim + 1):
        for axes in combinations(range(case.a.ndim), count):
            for keep in (False, True):
                summed = case.a.sum(axis=axes, keepdims=keep)
                if summed.shape == case.n.shape and case.is_n(summed) and any(case.a.shape[i] > 1 for i in axes):
                    names = " and ".join(case.axis(i, case.a.shape) for i in axes)
                    message = f"has shape {case.a.shape}, expected {case.n.shape}: forward repeats {case.name} over {names}, "
                    message += "so backward must sum over it."
                    yield case.finding(Cause.MISSING_BROADCAST_SUM, message, where=(), matched=names, axes=list(axes))
                    return


def other_shape(case):
    """Only the shape is wrong, or nothing more can be said of it."""
    if case.same_shape:
        return
    right = case.a.size == case.n.size and case.is_n(case.a.reshape(case.n.shape))
    values = " The values are right: reshape it." if right else ""
    message = f"has shape {case.a.shape}, expected {case.n.shape}, the shape of {case.name}.{values}"
    yield case.finding(Cause.WRONG_SHAPE, message, where=())
