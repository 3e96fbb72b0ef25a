"""What backward returned, brought into one form: an array or None for each floating input, by name."""

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.finding import Cause, Finding, entry_name


def host(a):
    """A NumPy array from an array of any library, a number or a list of numbers. TypeError or ValueError if it is neither."""
    return np.asarray(a) if isinstance(a, (bool, int, float, complex, list)) else asnumpy(a)


def match(returned, expected):
    """(gradients by name, findings). Each gradient is what backward gave, or None; a name without a place is absent.

    returned   a tuple or list, one array, or a dict with the keys "gamma" or "dgamma".
    expected   {name: True, or False for an optional input that was given as None and may have a place}, in forward's order.
    """
    if isinstance(returned, dict):
        return _by_key(returned, expected)
    places = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    present = [name for name in expected if expected[name]]
    if len(places) == len(expected):
        names = list(expected)
    elif len(places) == len(present):
        names = present
    else:
        names = _skip_absent(places, expected)
    if names is None:
        wanted = ", ".join(map(entry_name, present))
        message = f"backward returned {_count(len(places))}, expected {len(present)}: {wanted}. Return them in the order of "
        message += "forward's floating inputs; integer and boolean inputs have no place."
        return {}, [Finding(Cause.WRONG_COUNT, present[0], None, None, message)]
    gradients = dict(zip(names, places, strict=True))
    return _without_absent(gradients, expected)


def _by_key(returned, expected):
    gradients, unknown = {name: None for name, given in expected.items() if given}, []
    for key, value in returned.items():
        name = key if key in expected else str(key).removeprefix("d")
        if name in expected:
            gradients[name] = value
        else:
            unknown.append(key)
    if not unknown:
        return _without_absent(gradients, expected)
    message = f"backward returned a gradient for {', '.join(map(str, unknown))}, which is no floating input; "
    message += f"the floating inputs are {', '.join(expected)}."
    gradients, findings = _without_absent(gradients, expected)
    return gradients, [*findings, Finding(Cause.WRONG_COUNT, str(unknown[0]), None, None, message)]


def _skip_absent(places, expected):
    """The names that the places belong to, where some absent inputs have a place (None) and others have none; None if unclear."""
    names, rest = [], list(places)
    for name, given in expected.items():
        if rest and (given or rest[0] is None):
            names.append(name)
            rest.pop(0)
        elif given:
            return None
    return None if rest else names


def _without_absent(gradients, expected):
    findings = []
    for name, given in expected.items():
        if not given and gradients.pop(name, None) is not None:
            message = f"backward returned {entry_name(name)}, although {name} was None; return None in its place."
            findings.append(Finding(Cause.WRONG_COUNT, name, None, None, message))
    return gradients, findings


def _count(n):
    return "one gradient" if n == 1 else f"{n} gradients"


def read_gradient(name, value, shape):
    """(gradient as a float64 array, of `shape` or with a finding that says otherwise; None if it is no array; the findings)."""
    label = entry_name(name)

    def finding(cause, message, where=None):
        return Finding(cause, name, None, where, f"{label} {message}")

    if value is None:
        return None, [finding(Cause.MISSING_GRADIENT, f"is None; expected an array of shape {shape}.")]
    try:
        array = host(value)
    except (TypeError, ValueError):
        return None, [finding(Cause.WRONG_DTYPE, f"is a {type(value).__name__}; expected an array of shape {shape}.")]
    findings = []
    if array.dtype.kind not in "fiub":
        return None, [finding(Cause.WRONG_DTYPE, f"has dtype {array.dtype}, expected float64.")]
    if array.dtype.kind != "f" or array.dtype.itemsize < 8:
        message = f"has dtype {array.dtype} for float64 inputs; expected float64. Keep the dtype of the inputs."
        findings.append(finding(Cause.WRONG_DTYPE, message))
    array = np.array(array, dtype=np.float64)
    if array.shape != shape:
        message = f"has shape {array.shape}, expected {shape}, the shape of {name}."
        return array, [*findings, finding(Cause.WRONG_SHAPE, message)]
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = tuple(map(int, bad[0]))
        message = f"is not finite in {len(bad)} of {array.size} entries; the first is {entry_name(name, where)} = {array[where]}."
        findings.append(finding(Cause.NOT_FINITE, message, where))
    return array, findings
