"""What can be known about a pair of functions from outside: what forward cached, the numbers it uses, the formulas it names."""

import ast
import inspect
import math
import re
import sys
import textwrap
from collections.abc import Mapping
from numbers import Real

import numpy as np

from minilora.gradcheck.returned import host

LONGEST = 20  # numbers in a list: more are data
DEEPEST = 3  # levels of tuples, dicts and objects that a cache is searched for arrays
FORMULA = re.compile(r"\((B\d+)\)\s+d(\w+)\s*=\s*(.*?)\s*$")


def cache_names(forward):
    """The names of what forward caches, where it ends in `return y, (xhat, std, gamma)`; () if it does not."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(forward)))
    except (TypeError, OSError, SyntaxError):
        return ()
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    pairs = [value.elts[1] for value in returned if isinstance(value, ast.Tuple) and len(value.elts) == 2]
    if len(pairs) != 1 or not isinstance(pairs[0], ast.Tuple):
        return ()
    return tuple(item.id if isinstance(item, ast.Name) else "" for item in pairs[0].elts)


def contents(cache, names=()):
    """({name: array}, {name: number}) of a cache: "cache[0]", "cache['P']", "cache.P"; floating arrays in float64.

    names   of the items of a tuple, which are then "cache.P" too; "" for one without.
    """
    items = {"cache": cache}
    if isinstance(cache, tuple) and len(names) == len(cache):
        items = {f"cache.{names[i]}" if names[i] else f"cache[{i}]": item for i, item in enumerate(cache)}
    arrays, numbers = {}, {}
    for name, value in (found for place, item in items.items() for found in _walk(place, item, DEEPEST)):
        if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)):
            numbers[name] = float(value)
            continue
        try:
            array = host(value)
        except (TypeError, ValueError):
            continue
        if array.ndim == 0 and array.dtype.kind in "fiu":
            numbers[name] = float(array)
        elif array.ndim and array.dtype.kind in "fbiu":
            arrays[name] = array.astype(np.float64) if array.dtype.kind == "f" else array.copy()
    return arrays, numbers


def _walk(name, value, levels):
    """(name, array or number) inside a value."""
    if isinstance(value, Real) or (hasattr(value, "shape") and hasattr(value, "dtype")):
        yield name, value
    elif levels == 0 or value is None or isinstance(value, str):
        return
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(f"{name}[{key!r}]", item, levels - 1)
    elif isinstance(value, (tuple, list)):
        if len(value) > LONGEST and isinstance(value[0], Real):
            return
        for i, item in enumerate(value):
            yield from _walk(f"{name}[{i}]", item, levels - 1)
    elif hasattr(value, "__dict__"):
        for key, item in vars(value).items():
            yield from _walk(f"{name}.{key}", item, levels - 1)


def surroundings_of(forward, constants):
    """({name: array}, {name: number}) that forward may use: constants, defaults of arguments, what it closes over."""
    found = {}
    try:
        parameters = inspect.signature(forward).parameters.values()
        found |= {p.name: p.default for p in parameters if p.default is not p.empty}
        closure = inspect.getclosurevars(forward)
        found |= {**closure.globals, **closure.nonlocals}
    except (TypeError, ValueError):  # a callable without a signature
        pass
    found |= constants
    arrays, numbers = {}, {}
    for name, value in found.items():
        if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
            numbers[name] = float(value)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "fbiu":
            arrays[name] = value.astype(np.float64) if value.dtype.kind == "f" else value
    return arrays, numbers


def formulas_of(backward):
    """{input: ("linear:B2", "dW = ...")}, where the docstring of backward's module tags its formulas so."""
    module = sys.modules.get(getattr(backward, "__module__", None))
    found = {}
    for line in (getattr(module, "__doc__", None) or "").splitlines():
        tagged = FORMULA.search(line)
        if tagged:
            tag, name, right = tagged.groups()
            found[name] = (f"{module.__name__.rpartition('.')[2]}:{tag}", f"d{name} = {' '.join(right.split())}")
    return found
