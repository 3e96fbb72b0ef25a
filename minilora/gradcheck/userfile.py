"""Check the pairs in anyone's own Python file, which need not know this package.

The file defines `name_forward(...) -> (y, cache)`, `name_backward(dy, cache)` and `name_inputs()`, for as many names as it likes.
"""

import inspect
import re
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np

from minilora.gradcheck.pair import check
from minilora.gradcheck.subject import check_rtol

PARTS = ("forward", "backward", "inputs")
HOW = {
    "forward": "def {name}_forward(...): return y, cache",
    "backward": "def {name}_backward(dy, cache): return the gradients, in the order of the floating inputs",
    "inputs": 'def {name}_inputs(rng): return {{"x": rng.standard_normal((3, 4))}}',
}


class GradcheckError(ValueError):
    """The file cannot be checked; the message is one line that says where and why, or what to write."""


def check_file(path, rtol=1e-6, rng=0):
    """Check every pair that a Python file defines. Returns {name: Report}, in the file's order.

    `name_inputs()` returns {argument: array}, or ({argument: array}, {constant: value}). If it requires an argument it gets a
    numpy Generator seeded with `rng`, a new one for each pair. The file may import its neighbours.

    GradcheckError if the file is missing or cannot be loaded, defines no pair, lacks a part of one, or if a function raises or
    returns something of another form. ValueError for rtol <= 0.
    """
    check_rtol(rtol)
    path = Path(path)
    with _loaded(path) as module:
        reports = {}
        for name, parts in _pairs(path, module).items():
            with _told(path, name):
                reports[name] = _check_pair(path, name, parts, rtol, rng)
        return reports


@contextmanager
def _told(path, name):
    """Whatever the functions raise, and whatever `check` says of them, as a GradcheckError of one line."""
    try:
        yield
    except (GradcheckError, KeyboardInterrupt):
        raise
    except BaseException as error:  # also sys.exit, which would end the check without a word
        frames = [(line, frame.f_code) for frame, line in traceback.walk_tb(error.__traceback__)]
        own = [f"{path}:{line} in {code.co_name}" for line, code in frames if code.co_filename == str(path)]
        if own:
            raise GradcheckError(f"{own[-1]}: {_words(error)}") from error
        # No line of the file: `check` refuses it, in a sentence that starts with what it is about.
        about = re.sub(r"^(?=(forward|inputs)\b)", f"{name}_", str(error))
        raise GradcheckError(f"{path}: {about if isinstance(error, (TypeError, ValueError)) else _words(error)}") from error


def _words(error):
    """The exception in one line: "ValueError: matmul: ..."."""
    if isinstance(error, SystemExit):
        return f"SystemExit: {error.code}; a file to check must not call sys.exit"
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


@contextmanager
def _loaded(path):
    """The file as a module, for the time of the check; sys.path and sys.modules are as before afterwards."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise GradcheckError(f"{path} cannot be read: {error.strerror or error}") from error
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    folder, modules = str(path.parent.resolve()), dict(sys.modules)
    sys.path.insert(0, folder)
    sys.modules[module.__name__] = module  # dataclasses and pickles look themselves up there
    try:
        try:
            # No import: its cached byte code may be an older version of a file that was saved twice within a second.
            exec(compile(source, str(path), "exec"), module.__dict__)
        except SyntaxError as error:
            raise GradcheckError(f"{error.filename or path}:{error.lineno}: {error.msg}") from error
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also sys.exit
            raise GradcheckError(f"{path} cannot be loaded: {_words(error)}") from error
        yield module
    finally:
        sys.path.remove(folder)
        _forget_neighbours(folder, modules, module.__name__)


def _forget_neighbours(folder, modules, name):
    """Take out the file's module and those that it imported from its own folder, which another file may name alike."""
    for other, imported in list(sys.modules.items()):
        file = getattr(imported, "__file__", None)
        if other == name or (other not in modules and file and Path(file).resolve().is_relative_to(folder)):
            del sys.modules[other]
    if name in modules:
        sys.modules[name] = modules[name]


def _pairs(path, module):
    """{name: {"forward": function, "backward": function, "inputs": function}}, of the names of which the file defines a part."""
    found, own = {}, set()
    for key, value in vars(module).items():
        name, _, part = key.rpartition("_")
        if name and part in PARTS and not name.startswith("_") and inspect.isfunction(value):
            found.setdefault(name, {})[part] = value
            if part != "inputs" and value.__module__ == module.__name__:
                own.add(name)
    pairs = {name: parts for name, parts in found.items() if name in own}
    if not pairs:
        how = ", ".join(f"NAME_{part}" for part in PARTS)
        raise GradcheckError(f"{path} defines nothing to check: it needs functions {how}, such as linear_forward, ...")
    for name, parts in pairs.items():
        for part in PARTS:
            if part not in parts:
                has = " and ".join(f"{name}_{other}" for other in PARTS if other in parts)
                raise GradcheckError(f"{path} has {has} but no {name}_{part}; write {HOW[part].format(name=name)}")
    return pairs


def _check_pair(path, name, parts, rtol, rng):
    make = parts["inputs"]
    required = [
        parameter
        for parameter in inspect.signature(make).parameters.values()
        if parameter.default is parameter.empty and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    made = make(np.random.default_rng(rng)) if required else make()
    inputs, constants = made if isinstance(made, tuple) and len(made) == 2 else (made, {})
    if not isinstance(inputs, dict) or not isinstance(constants, dict):
        wanted = '{"x": array, ...}, or a pair of that and {"eps": 1e-5, ...}'
        raise GradcheckError(f"{path}: {name}_inputs must return {wanted}, got a {type(made).__name__}")
    return check(parts["forward"], parts["backward"], inputs, constants, rtol, rng)
