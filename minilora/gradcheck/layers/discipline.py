"""What a layer or model owes beside its formula: gradients add up, zero_grad() empties them, and what is frozen stays as it is.

`step()` runs one forward and backward, which add to the gradients of `parameters`, {name: parameter}; it returns {"x": dx}, or
{}.
"""

import numpy as np

from minilora.gradcheck.finding import Cause, Finding, entry_name
from minilora.gradcheck.layers.state import clear, frozen, gradients_of
from minilora.gradcheck.layers.values import host_data

SAME = 1e-9  # two ways to one gradient may differ by this much of its largest entry


def add_discipline(report, step, parameters, zero_grad, choices):
    """Add to a Report the findings about accumulation, zeroing and freezing.

    What has a cause of its own comes first, for a wrong gradient may follow from it. Freezing is looked at where all else is
    right. `choices` are the lists of names to freeze at a time. The parameters' values and attributes are as before afterwards.
    """
    found = [*accumulation(step, parameters), *zeroing(step, parameters, zero_grad)]
    named = [finding for finding in found if finding.cause is not Cause.WRONG]
    rest = [finding for finding in found if finding not in named and report[finding.input].ok]
    report.findings[:] = [*named, *report.findings, *rest]
    if report.ok:
        report.findings.extend(freezing(step, parameters, choices))


def accumulation(step, parameters):
    """A second backward must add to the gradient what the first one gave."""
    clear(parameters)
    step()
    once = gradients_of(parameters)
    step()
    for name, twice in gradients_of(parameters).items():
        if not _visible(once[name]) or twice is None or same(twice, 2 * once[name]):
            continue
        label = entry_name(name)
        if same(twice, once[name]):
            message = f"{label} is the same after a second forward and backward, where it should have doubled: backward assigns "
            message += "the gradient where it must add to it; write += instead of =."
            yield Finding(Cause.NOT_ACCUMULATED, name, 1.0, None, message, evidence={"expected_factor": 2.0})
        else:
            where = _worst(twice, 2 * once[name])
            message = f"{label} does not double after a second forward and backward with the same input: it depends on what was "
            message += f"computed before (at {where}: {once[name][where]:.6g}, then {twice[where]:.6g})."
            yield Finding(Cause.WRONG, name, None, where, message)


def zeroing(step, parameters, zero_grad):
    """After zero_grad() a forward and backward must give the gradient once."""
    clear(parameters)
    step()
    once = gradients_of(parameters)
    zero_grad()
    step()
    for name, again in gradients_of(parameters).items():
        if _visible(once[name]) and again is not None and same(again, 2 * once[name]):
            message = f"{entry_name(name)} is doubled by another backward after zero_grad(): zero_grad() leaves {name} out."
            yield Finding(Cause.NOT_ZEROED, name, 2.0, None, message, evidence={"expected_factor": 1.0})


def one_by_one(names):
    """What to freeze: each one by itself, then all but each one."""
    apart = [[name] for name in names]
    return apart + [[other for other in names if other != name] for name in names if len(names) > 2]


def in_groups(names):
    """What to freeze where there are many: every other one, and the halves."""
    middle = len(names) // 2
    return [group for group in (names[::2], names[1::2], names[:middle], names[middle:]) if group]


def freezing(step, parameters, choices):
    """Frozen, a parameter takes no gradient and no change, and every other gradient is what it was."""
    clear(parameters)
    reference = {**step(), **gradients_of(parameters)}
    seen = set()
    for chosen in choices:
        for finding in _while_frozen(chosen, step, parameters, reference):
            if finding.input not in seen:
                seen.add(finding.input)
                yield finding


def left_alone(parameters, values, gradients):
    """Findings about parameters that were frozen from the start: {name: parameter} now, against values and gradients before."""
    for name, now in gradients_of(parameters).items():
        grew = now is not None and (gradients[name] is None or not np.array_equal(now, gradients[name])) and now.any()
        if grew or not np.array_equal(host_data(parameters)[name], values[name], equal_nan=True):
            what = "gets a gradient" if grew else "is changed"
            message = f"{name} is frozen (trainable = False) and {what} all the same; it must stay as it is."
            yield Finding(Cause.FROZEN_UPDATED, name, None, None, message)


def _while_frozen(chosen, step, parameters, reference):
    clear(parameters)
    before = host_data(parameters)
    with frozen([parameters[name] for name in chosen]):
        try:
            got = step()
        except Exception as error:
            message = f"with {_listed(chosen)} frozen, backward raises {type(error).__name__}: {error}. It must not touch the "
            message += "gradient of a frozen parameter: leave its product out, and let the rest run."
            return [Finding(Cause.FROZEN_UPDATED, chosen[0], None, None, message)]
        got |= gradients_of(parameters)
        after = host_data(parameters)
    return [finding for name in reference for finding in _kept(name, chosen, got, reference, before, after)]


def _kept(name, chosen, got, reference, before, after):
    """What is wrong with one gradient while the chosen parameters are frozen."""
    if name in chosen:
        if _visible(got[name]):
            message = f"{name} is frozen (trainable = False) and gets a gradient all the same: its product must not be computed."
            yield Finding(Cause.FROZEN_UPDATED, name, None, None, message)
        elif not np.array_equal(before[name], after[name], equal_nan=True):
            message = f"{name} is frozen (trainable = False), and forward or backward change its values all the same."
            yield Finding(Cause.FROZEN_UPDATED, name, None, None, message)
    elif _visible(reference[name]) and (got[name] is None or not same(got[name], reference[name])):
        cut = not _visible(got[name])
        what = "is lost" if cut else "is another"
        message = f"{entry_name(name)} {what} while {_listed(chosen)} {'is' if len(chosen) == 1 else 'are'} frozen: freezing "
        message += "must leave out the frozen parameter's own gradient and nothing else."
        yield Finding(Cause.GRADIENT_CUT if cut else Cause.WRONG, name, None, None, message)


def same(a, b):
    """Whether two gradients agree up to rounding."""
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= SAME * np.abs(b).max(initial=0.0)))


def _visible(gradient):
    """Whether there is a gradient that says anything: finite and not zero everywhere."""
    return gradient is not None and bool(np.isfinite(gradient).all()) and bool(gradient.any())


def _worst(a, b):
    if a.shape != b.shape:
        return ()
    return tuple(map(int, np.unravel_index(np.argmax(np.abs(a - b)), a.shape)))


def _listed(names):
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
