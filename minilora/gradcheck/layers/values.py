"""The values that a check is made at: drawn, so that they hide nothing, and moved entry by entry."""

import math

import numpy as np

from minilora.backend import asnumpy, get_array_module
from minilora.gradcheck.layers.reach import is_parameter

OWN, DRAWN = "own", "drawn"
VALUES = int.from_bytes(b"values")


def check_values(values):
    """ValueError if it is no choice of values."""
    if values not in (DRAWN, OWN):
        raise ValueError(f"values must be 'drawn' (standard normal, put back after) or 'own' (as they are), got {values!r}")


def generator(rng):
    """The generator of the values, from a seed or a generator; a seed is mixed with a word of our own, as the cotangent's is."""
    return rng if isinstance(rng, np.random.Generator) else np.random.default_rng((rng, VALUES))


def check_can(what, owner, methods):
    """TypeError if the argument `what` lacks one of these methods."""
    lacking = [method for method in methods if not callable(getattr(owner, method, None))]
    if lacking:
        needs = f"{', '.join(methods[:-1])} and {methods[-1]}"
        raise TypeError(f"{what} must have {needs}; {type(owner).__name__} lacks {', '.join(lacking)}")


def trainable(owner):
    """{name: parameter} of the trainable ones, each under its first name. ValueError if one is not float64."""
    parameters, seen = {}, set()
    for name, parameter in owner.named_parameters():
        if parameter.trainable and id(parameter) not in seen:
            seen.add(id(parameter))
            parameters[name] = parameter
    for name, parameter in parameters.items():
        if parameter.data.dtype != np.float64:
            needs = "a gradient check needs float64 weights; build it with dtype='float64'"
            raise ValueError(f"{name} is {parameter.data.dtype}, but {needs}")
    return parameters


def draw(owner, rng, is_finite):
    """Write normal values into every floating parameter, frozen ones too.

    Those of a matrix are scaled by 1 / sqrt(inputs): what it computes is of order one, so that no softmax saturates, which would
    hide what comes before it. Where is_finite() says that forward cannot take them, the owner's own values are put back.
    Returns notes.
    """
    rng = generator(rng)
    kept = {}
    for _, parameter in owner.named_parameters():
        if is_parameter(parameter) and asnumpy(parameter.data).dtype.kind == "f":
            kept[parameter] = parameter.data.copy()
            write(parameter, standard_normal(rng, parameter.data.shape))
    if is_finite():
        return []
    for parameter, values in kept.items():
        parameter.data[...] = values
    return ["forward is not finite at normally distributed parameters, so they kept their own values"]


def standard_normal(rng, shape):
    """Values for a parameter of this shape."""
    return rng.standard_normal(shape) / (math.sqrt(max(shape[-1], 1)) if len(shape) > 1 else 1.0)


def write(parameter, values):
    """Set a parameter's values in place, from an array on the host."""
    parameter.data[...] = get_array_module(parameter.data).asarray(values)


def host_data(parameters):
    """{name: a copy of its values on the host}."""
    return {name: np.array(asnumpy(parameter.data)) for name, parameter in parameters.items()}


def put_back(parameters, kept):
    """Write into {name: parameter} the values `kept`, where they differ."""
    for name, parameter in parameters.items():
        if not np.array_equal(asnumpy(parameter.data), kept[name], equal_nan=True):
            write(parameter, kept[name])


def moved(parameter, index, value, run):
    """run() while one entry of a parameter has another value."""
    kept = parameter.data[index].copy()
    parameter.data[index] = value
    try:
        return run()
    finally:
        parameter.data[index] = kept


class Entries:
    """What a check moves: every entry of every parameter, {name: array}, against its gradient."""

    findings, notes = (), ()

    def __init__(self, values, gradients):
        self.values, self.gradients = values, gradients

    @staticmethod
    def moved(parameter, name, index, value, run):
        """run() while the entry has another value."""
        return moved(parameter, index, value, run)
