"""A mutant: a small named change to a right forward or backward, kept as data, planted for the time of a check.

A TOML file beside this one holds a table for each:

    [linear_dW_transposed]
    subject = "linear"                                    what is checked: a name in the registry of ops, or in subjects.py
    target = "minilora.ops.linear:linear_backward"        the function or method whose code is changed
    right = "rows(dy).T @ rows(x)"                        a piece of its code, which stands there once
    wrong = "(rows(x).T @ rows(dy)).reshape(W.shape)"     what takes its place
    cause = "reshaped"                                    the first finding that the check should give
    input = "W"                                           the input or parameter that it should be about
    why = "One sentence for the reader: who makes this mistake, and what it does."

`right` and `wrong` may span lines; then their indentation is that of the code.
"""

import importlib
import inspect
import sys
import textwrap
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """One planted mistake; the fields are those of the file."""

    name: str
    file: str
    subject: str
    target: str
    right: str
    wrong: str
    cause: str
    input: str
    why: str


def load(folder=Path(__file__).parent):
    """{name: Mutant} of every TOML file of the folder. ValueError for a name that stands twice."""
    mutants = {}
    for path in sorted(folder.glob("*.toml")):
        for name, fields in tomllib.loads(path.read_text("utf-8")).items():
            if name in mutants:
                raise ValueError(f"{path.name}: {name} stands in {mutants[name].file} already")
            mutants[name] = Mutant(name, path.stem, **fields)
    return mutants


@contextmanager
def planted(mutant):
    """Within `with planted(mutant):` the changed function stands wherever minilora uses the right one."""
    owner, name = _find(mutant.target)
    right = inspect.getattr_static(owner, name)
    wrong = _rewritten(mutant, right)
    places = [(owner, name)] if inspect.isclass(owner) else list(_places(right))
    kept = [inspect.getattr_static(place, key) for place, key in places]
    for (place, key), value in zip(places, kept, strict=True):
        setattr(place, key, staticmethod(wrong) if isinstance(value, staticmethod) else wrong)
    try:
        yield wrong
    finally:
        for (place, key), value in zip(places, kept, strict=True):
            setattr(place, key, value)


def _find(target):
    module, _, path = target.partition(":")
    owner = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    return owner, name


def _places(function):
    """(module, name) wherever a function of the package is known by name, and (class, name) where it is a static method."""
    for module in [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == "minilora"]:
        for key, value in list(vars(module).items()):
            if value is function:
                yield module, key
            elif inspect.isclass(value) and value.__module__ == module.__name__:
                static = {name: held for name, held in vars(value).items() if isinstance(held, staticmethod)}
                yield from ((value, name) for name, held in static.items() if held.__func__ is function)


def _rewritten(mutant, function):
    source = inspect.getsource(function)
    if source.count(mutant.right) != 1:
        raise ValueError(
            f"{mutant.name}: {mutant.right!r} stands {source.count(mutant.right)} times in {mutant.target}, not once"
        )
    code = compile(textwrap.dedent(source.replace(mutant.right, mutant.wrong)), f"<mutant {mutant.name}>", "exec")
    scope = dict(function.__globals__)
    exec(code, scope)
    return scope[function.__name__]
