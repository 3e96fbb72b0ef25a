"""What hangs below a layer or a model: attributes, items of lists and dicts, and theirs in turn, found by what they can do."""

import numbers
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import numpy as np

DEPTH = 12  # "blocks", 1, "attn", "q", "adapters", "default", "A", "_data" are eight
LONGEST = 10_000  # items of a list: longer ones are data
CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)
LEAVES = (numbers.Number, str, bytes, np.generic, np.random.Generator, *CODE)


def below(root):
    """(dotted path, value) of everything that can be reached from `root`, itself first with the path "".

    What holds a value comes before it; each object comes once, under the first path that leads to it, numbers and strings each
    time.
    """
    seen = set()
    waiting = [("", root, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if isinstance(value, (numbers.Number, str)):
            yield path, value
        elif value is not None and id(value) not in seen:
            seen.add(id(value))
            yield path, value
            if depth < DEPTH:
                waiting += reversed([(f"{path}.{name}" if path else name, item, depth + 1) for name, item in _items(value)])


def layers_of(model):
    """{dotted name: layer} below a model: those of its named_layers() if it has it, else all that can forward and backward."""
    if callable(getattr(model, "named_layers", None)):
        return dict(model.named_layers())
    return {path: value for path, value in below(model) if path and _is_layer(value)}


def is_array(value):
    """Whether it is an array of NumPy or of a library like it; NumPy's numbers are none."""
    return not isinstance(value, np.generic) and all(hasattr(value, name) for name in ("dtype", "shape", "copy", "__setitem__"))


def is_parameter(value):
    """Whether it has `data` (an array), `grad` and `trainable`."""
    return all(hasattr(value, name) for name in ("grad", "trainable")) and is_array(getattr(value, "data", None))


def _is_layer(value):
    return not isinstance(value, type) and all(callable(getattr(value, name, None)) for name in ("forward", "backward"))


def _items(value):
    if isinstance(value, LEAVES) or is_array(value):
        return []
    if isinstance(value, dict):
        return [(str(key), item) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [(str(i), item) for i, item in enumerate(value[:LONGEST])]
    return list(getattr(value, "__dict__", {}).items())
