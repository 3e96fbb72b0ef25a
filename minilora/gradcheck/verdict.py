"""The verdict on one input: its analytic gradient against its numeric one, entry by entry.

    (E1)  size  = max(|a|, |n|, 1e-3 max|n|)
    (E2)  error = |a - n| / size

The last term of the size is there for entries that happen to be near zero: they are held to the size of the others.
"""

import numpy as np

from minilora.gradcheck.finding import Cause, Finding, entry_name
from minilora.gradcheck.report import Entry, InputReport

WORST = 5  # entries listed for each input
MANY = 0.25  # share of entries in which a rough forward shows
MARGIN = 10  # a disagreement within this many times the numeric error cannot be judged


def relative_error(analytic, numeric):
    """The error of each entry; 0 where both are 0, infinite where either is not finite."""
    finite = np.abs(numeric[np.isfinite(numeric)])
    floor = 1e-3 * finite.max() if finite.size else 0.0
    with np.errstate(invalid="ignore"):  # inf - inf and inf / inf, which the last line answers
        difference = np.abs(analytic - numeric)
        size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)             # (E1)
        error = np.divide(difference, size, out=np.zeros_like(difference), where=difference > 0)    # (E2)
    error = np.where(np.isfinite(analytic) & np.isfinite(numeric), error, np.inf)                   # (E2)
    return error


def judge(name, x, analytic, numeric, rtol, excuse=None):
    """(InputReport, findings).

    analytic  a float64 array of x's shape, or None if there is none to compare.
    numeric   a Numeric, or None if forward has no numeric gradient (it is not deterministic, or not finite).
    excuse    why the gradient may be zero everywhere, in words; None if it may not.
    """
    if analytic is None or numeric is None:
        return _not_compared(name, x, analytic, numeric), []
    checked = ~numeric.kink
    error = relative_error(analytic, numeric.value)
    unseen = (np.abs(analytic) <= numeric.unseen) & (np.abs(numeric.value) <= numeric.unseen)
    all_zero = bool(checked.any() and unseen[checked].all())
    if all_zero:
        error = np.zeros_like(error)
    wrong = checked & ~(error <= rtol)
    outcomes = [_kinks(name, x, numeric)]
    if all_zero:
        if excuse is None:
            outcomes.append(_dead(name))
    else:
        outcomes += [_domain(name, x, numeric), *_disagreement(name, analytic, numeric, error, wrong)]
    findings = [finding for finding in outcomes if finding]

    unchecked = x.size > 0 and not checked.any()
    ok = not wrong.any() and not unchecked and not any(finding.fails for finding in findings)
    notes = [f"zero everywhere, {excuse}"] if all_zero and excuse else []
    if numeric.kink.any():
        notes.append(f"{int(numeric.kink.sum())} of {x.size} entries on a kink, left out")
    if x.size == 0:
        notes.append("empty: nothing to check")
    left = np.where(checked, error, 0.0)
    worst = float("inf") if unchecked else float(left.max(initial=0.0))
    entries = _worst(analytic, numeric, left, checked)
    kinks, note = int(numeric.kink.sum()), "; ".join(notes)
    return InputReport(name, x.shape, analytic, numeric.value, error, worst, entries, kinks, ok, note), findings


def _not_compared(name, x, analytic, numeric):
    value = None if numeric is None else numeric.value
    kinks = 0 if numeric is None else int(numeric.kink.sum())
    return InputReport(name, x.shape, analytic, value, None, float("inf"), (), kinks, False, "not compared")


def _worst(analytic, numeric, error, checked):
    order = np.argsort(-error, axis=None, kind="stable")[: WORST + int((~checked).sum())]
    indices = [tuple(map(int, np.unravel_index(flat, error.shape))) for flat in order]
    kept = [index for index in indices if checked[index]][:WORST]
    return tuple(Entry(index, float(analytic[index]), float(numeric.value[index]), float(error[index])) for index in kept)


def _first(mask):
    return tuple(map(int, np.argwhere(mask)[0]))


def _kinks(name, x, numeric):
    count = int(numeric.kink.sum())
    if not count:
        return None
    where = _first(numeric.kink)
    message = f"forward has a kink in {count} of {x.size} entries of {name} (first {entry_name(name, where)}): no derivative "
    message += "there, left out." if count < x.size else "there, so nothing was checked; give other values."
    return Finding(Cause.KINK, name, None, where, message)


def _dead(name):
    message = f"{entry_name(name)} is zero everywhere, analytic and numeric: forward does not depend on {name} at these values, "
    message += f"so a mistake would not show. Use {name} in forward, give values on which it matters, or pass zero=({name!r},) "
    message += "if it is meant so."
    return Finding(Cause.DEAD_PARAMETER, name, None, None, message)


def _domain(name, x, numeric):
    bad = ~np.isfinite(numeric.value)
    if not bad.any():
        return None
    where = _first(bad)
    message = f"forward is not finite next to {int(bad.sum())} of {x.size} entries of {name} (first at {where}, {x[where]:.6g}), "
    message += "so it has no numeric gradient there; give values inside its domain."
    return Finding(Cause.NOT_FINITE, name, None, where, message)


def _disagreement(name, analytic, numeric, error, wrong):
    """WRONG where the two differ beyond doubt; ROUNDING where they differ by what the numeric gradient may err itself."""
    wrong = wrong & np.isfinite(analytic) & np.isfinite(numeric.value)
    with np.errstate(invalid="ignore"):
        doubtful = wrong & (np.abs(analytic - numeric.value) <= MARGIN * numeric.error)
    if 2 * doubtful.sum() > wrong.sum() > MANY * wrong.size:  # forward is rough: no single entry can be trusted
        doubtful = wrong
    certain = wrong & ~doubtful
    for cause, mask in ((Cause.WRONG, certain), (Cause.ROUNDING, doubtful)):
        if not mask.any():
            continue
        where = tuple(map(int, np.unravel_index(np.argmax(np.where(mask, error, -1.0)), mask.shape)))
        got, expected = analytic[where], numeric.value[where]
        if cause is Cause.WRONG:
            message = f"{entry_name(name)} is wrong in {int(mask.sum())} of {mask.size} entries; the worst is "
            message += f"{entry_name(name, where)}: got {got:.9g}, expected {expected:.9g} (error {error[where]:.1e})."
        else:
            message = f"{entry_name(name)} cannot be judged in {int(mask.sum())} of {mask.size} entries, such as "
            message += f"{entry_name(name, where)}: the numeric gradient {expected:.9g} is itself only certain to about "
            message += f"{numeric.error[where]:.1e}. Forward loses precision or jumps there: keep it in float64, or give other "
            message += "values."
        yield Finding(cause, name, None, where, message)
