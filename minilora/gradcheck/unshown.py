"""Which mistakes the given inputs could not have shown, however wrong backward is."""

import numpy as np

from minilora.gradcheck.diagnosis.expressions import equal
from minilora.gradcheck.diagnosis.scale import SCALE_NAMES
from minilora.gradcheck.diagnosis.zeros import DROPPING

SCALES = dict.fromkeys((*SCALE_NAMES, "tau", "temperature"), 1.0) | dict.fromkeys(DROPPING, 0.0)  # where they do nothing
SYMMETRIC = 1e-9  # relative difference below which a matrix counts as symmetric


def unshown(inputs, output_shape, numbers, dims):
    """Sentences, one for each blind spot of these values.

    inputs   {name: array or None}; output_shape: y's; numbers {name: number}, forward's constants; dims {name: size}.
    """
    notes = [note for name, a in inputs.items() if a is not None and a.size for note in _of_array(name, a, output_shape)]
    for name, value in numbers.items():
        if name in SCALES and equal(value, SCALES[name]):
            notes.append(f"{name} = {value:g}: a mistake in its use would not show; give another value.")
    if "alpha" in numbers and "r" in {**numbers, **dims} and equal(numbers["alpha"], {**numbers, **dims}["r"]):
        notes.append("alpha = r: a forgotten factor alpha/r would not show; give another alpha.")
    sizes = {}
    for name, size in dims.items():
        if size == 1:
            notes.append(f"{name} = 1: a sum, a mean or a transpose over {name} that is missing would not show; give 2 or more.")
        sizes.setdefault(size, []).append(name)
    for size, names in sizes.items():
        if size > 1 and len(names) > 1:
            notes.append(
                f"{' = '.join(names)} = {size}: one taken for the other would not show in a factor; give different sizes."
            )
    return notes


def _of_array(name, a, output_shape):
    if a.dtype.kind == "b":
        if a.all() or not a.any():
            yield f"{name} is {bool(a.flat[0])} everywhere: a mask that is left out would not show; give both values."
    elif a.dtype.kind in "iu":
        looked_up = 0 < a.ndim < len(output_shape) and output_shape[: a.ndim] == a.shape
        if looked_up and 1 < a.size == len(np.unique(a)) and not _enumerates(a):
            yield f"{name} holds every id once: overwritten duplicates would not show; repeat one."
    elif not a.any():
        yield f"{name} is zero everywhere: the gradient of what it is multiplied by is zero, so a mistake there would not show."
    elif a.size > 1 and np.ptp(a) == 0:
        one = ", and a forgotten factor" if equal(float(a.flat[0]), 1.0) else ""
        yield f"{name} is {a.flat[0]:g} everywhere: a wrong order of its entries{one} would not show; give random values."
    elif a.ndim >= 2 and a.shape[-1] == a.shape[-2] > 1 and np.allclose(a, a.swapaxes(-1, -2), rtol=SYMMETRIC, atol=0):
        yield f"{name} is symmetric: a transpose that is missing would not show; give a random matrix."


def _enumerates(a):
    """Whether these are positions (0, 1, 2, ...), of which none is meant to repeat."""
    return a.ndim == 1 and np.array_equal(a, np.arange(a[0], a[0] + a.size))
