"""Which mistakes a check of a layer or a model could not have shown, at the values that it was made at."""

from minilora.gradcheck.layers.holdings import numbers_of
from minilora.gradcheck.unshown import unshown

DIMS = {"n_heads": "H"}  # attributes that are sizes, and what texts call them


def blind_spots(layer, arguments, output_shape, parameters):
    """Sentences about what a layer was given, {name: value}, its numbers, and parameters {name: array} that were not drawn."""
    held = {name: number for name, number in numbers_of(layer).items() if "." not in name}
    dims = {DIMS[name]: number for name, number in held.items() if name in DIMS}
    return unshown(_arrays(arguments), output_shape, held, dims) + _of_parameters(parameters)


def blind_spots_of_batch(batch, parameters):
    """Sentences about a model's batch and about parameters {name: array} that were not drawn.

    Of integers the first are taken for ids, which a table's rows are looked up by; others may be targets.
    """
    first, *others = [{f"batch[{i}]": value} for i, value in enumerate(batch)] or [{}]
    notes = [note for array in _arrays(first).values() for note in unshown(first, (*array.shape, 1), {}, {})]
    return notes + [note for other in others for note in unshown(_arrays(other), (), {}, {})] + _of_parameters(parameters)


def _arrays(arguments):
    return {name: value for name, value in arguments.items() if hasattr(value, "dtype") and hasattr(value, "shape")}


def _of_parameters(values):
    """The sentences about parameters; what is said of many is said once."""
    same = {}
    for name, value in values.items():
        for note in unshown({name: value}, (), {}, {}):
            same.setdefault(note.removeprefix(name), []).append(name)
    return [first + (f" (like {len(others)} more)" if others else "") + said for said, (first, *others) in same.items()]
