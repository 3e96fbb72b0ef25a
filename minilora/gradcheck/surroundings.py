"""What stands around a gradient in a layer: the arrays and numbers among its attributes and caches, for the diagnosis."""

import numbers

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.reach import below, is_array

MOST = 200  # arrays; what lies deeper is not needed to explain a formula


def arrays_of(layer):
    """{dotted path: array on the host} of the arrays that a layer holds, such as "_cache.0"; floating ones in float64."""
    found = {}
    for path, value in below(layer):
        if is_array(value) and len(found) < MOST:
            try:
                array = asnumpy(value)
            except TypeError:
                continue
            if array.dtype.kind in "fiub":
                found[path] = np.array(array, dtype=np.float64 if array.dtype.kind == "f" else array.dtype)
    return found


def numbers_of(layer):
    """{dotted path: number} of the numbers that a layer holds, such as "eps" or "spec.alpha"; True and False are none."""
    return {
        path: value
        for path, value in below(layer)
        if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))
    }
