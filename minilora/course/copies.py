"""What of an answer an instructor should look at: code that is the library's, and tools that the exercise has no use for."""

import ast
import contextlib
import inspect
import warnings
from pathlib import Path

from minilora.course.stubs import stub

USUAL = {"numpy", "scipy", "math", "cmath", "itertools", "functools", "collections", "operator", "typing"}
TOOLS = {"exec", "eval", "compile", "open", "globals", "vars", "__import__", "__loader__", "__builtins__", "__spec__"}
LONGEST = 20_000  # bytes that are read as Python here: `import a.a.a...` of a megabyte takes a parser all memory
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def is_copy(exercise, path):
    """Whether all functions that were asked for have the library's code, docstrings and layout apart."""
    with contextlib.suppress(*UNREADABLE):
        written = {node.name: node for node in _tree(path).body if isinstance(node, ast.FunctionDef)}
        library = [ast.parse(inspect.getsource(function)).body[0] for function in exercise.functions]
        return all(own.name in written and _code(own) == _code(written[own.name]) for own in library)
    return False


def unusual(exercise, path):
    """What the file uses that is neither in the stub nor usual: modules, and names that reach into the interpreter. Sorted.

    Not a proof of anything, and no wall: who hides it well is not found.
    """
    size = Path(path).stat().st_size
    if size > LONGEST:
        return [f"{size:,} bytes"]
    with contextlib.suppress(*UNREADABLE):
        return sorted(_uses(_tree(path)) - _uses(ast.parse(stub(exercise))))
    return []


def _tree(path):
    """The syntax tree of a file. ValueError for a long one."""
    text = Path(path).read_bytes()
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} bytes are not read")
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


def _uses(tree):
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, (ast.Name, ast.Attribute)):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in TOOLS or (isinstance(node, ast.Attribute) and name.startswith("__")):
                found.add(name)
    return {name for name in found if name.split(".")[0] not in USUAL}


def _code(node):
    return ast.dump(ast.Module(node.body[1:] if ast.get_docstring(node) else node.body, []))
