"""What a layer holds: the arrays and numbers among its attributes and caches, from which a diagnosis may tell a mistake."""

import numbers
from contextlib import contextmanager

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.layers.reach import below, is_array, is_parameter, layers_of

MOST = 20  # arrays; a formula that needs more of them is not guessed


def arrays_of(layer):
    """{name: array on the host} of what a layer itself holds, such as its cache; floating ones in float64.

    Left out are its parameters, which are looked at by name, and what belongs to layers inside it.
    """
    apart = {id(array) for _, value in below(layer) if is_parameter(value) for array in (value.data, value.grad)}
    apart |= {id(held) for inner in layers_of(layer).values() for _, held in below(inner)}
    found = {}
    for path, value in below(layer):
        if is_array(value) and id(value) not in apart and len(found) < MOST and asnumpy(value).dtype.kind in "fiub":
            array = asnumpy(value)
            found[path] = np.array(array, dtype=np.float64 if array.dtype.kind == "f" else array.dtype)
    return found


def numbers_of(layer):
    """{name: number} of the numbers that a layer holds, such as "eps" or "alpha"; True and False are none."""
    places = _places(layer)
    return {name: attributes[key] for name, (attributes, key) in places.items()}


@contextmanager
def other_numbers(layer, changes):
    """Within it the numbers of these names are others. KeyError for a name that is none."""
    places = _places(layer)
    kept = {name: places[name][0][places[name][1]] for name in changes}
    try:
        for name, value in changes.items():
            attributes, key = places[name]
            attributes[key] = value
        yield
    finally:
        for name, value in kept.items():
            attributes, key = places[name]
            attributes[key] = value


def _places(layer):
    """{name: (attributes, key)} of each number: its attribute's name where that means one alone, else its dotted path."""
    found = [
        (f"{path}.{key}" if path else key, vars(value), key)
        for path, value in below(layer)
        for key, number in getattr(value, "__dict__", {}).items()
        if isinstance(number, numbers.Real) and not isinstance(number, bool)
    ]
    keys = [key for _, _, key in found]
    return {key if keys.count(key) == 1 else path: (attributes, key) for path, attributes, key in found}
