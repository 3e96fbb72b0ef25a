"""Entry by entry: which output each input reaches in forward, and from which output each gradient takes something in backward."""

from dataclasses import replace

import numpy as np

from minilora.gradcheck.diagnosis import centering
from minilora.gradcheck.diagnosis.case import close
from minilora.gradcheck.finding import Cause

LARGEST = 300  # entries of x and of y; each costs a few calls


def pattern(case):
    """Backward takes from too few outputs (not accumulated, cut) or from too many (a mask is missing); the rest is right."""
    y = case.context.arrays.get(case.output)
    if y is None or not case.same_shape or not 1 < y.size <= LARGEST or not 1 < case.n.size <= LARGEST:
        return
    numeric, analytic = _numeric(case), _analytic(case, y)
    if numeric is None or analytic is None:
        return
    wrong = ~close(analytic, numeric, 1e-7 * np.abs(numeric).max())
    lost, extra = wrong & (analytic == 0), wrong & (np.abs(numeric) < 1e-9 * np.abs(numeric).max())
    if not wrong.any() or not (np.array_equal(wrong, lost) or np.array_equal(wrong, extra)):
        return
    if extra.any():
        message = "takes from outputs that this input does not reach in forward: a mask is missing, or is not the one of forward."
        yield case.finding(Cause.MASK_MISSING, message)
        return
    message = (
        f"takes nothing from {int(lost.sum())} of {int((numeric != 0).sum())} pairs of output and input that forward connects: "
    )
    centred = list(centering.lost_invariance(case))
    if centred:  # what the others' sum gives is lost
        yield replace(centred[0], cause=Cause.MISSING_CENTERING)
        return
    cut = case.finding(Cause.GRADIENT_CUT, message + "the gradient is cut off on the way.")
    overwritten = case.finding(
        Cause.NOT_ACCUMULATED, message + "contributions overwrite each other where they should add up (+=)."
    )
    yield from (overwritten, cut) if _last_kept(lost, analytic) else (cut, overwritten)


def _numeric(case):
    columns = []
    for i in range(case.n.size):
        unit = np.zeros(case.n.size)
        unit[i] = 1.0
        slope = case.slope(unit.reshape(case.n.shape))
        if slope is None:
            return None
        columns.append(slope.ravel())
    return np.stack(columns, axis=1)  # (y, x)


def _analytic(case, y):
    rows = []
    for i in range(y.size):
        unit = np.zeros(y.size)
        unit[i] = 1.0
        answer = case.ask({}, unit.reshape(y.shape))
        if answer is None or answer[1] is None or answer[1].shape != case.n.shape:
            return None
        rows.append(answer[1].ravel())
    return np.stack(rows)


def _last_kept(lost, analytic):
    """Whether, where something is lost, what is kept comes from later outputs than what is lost."""
    later = []
    for column, kept in zip(lost.T, analytic.T, strict=True):
        if column.any() and kept.any():
            later.append(np.flatnonzero(kept).max() > np.flatnonzero(column).max())
    return bool(later) and all(later)
