"""The house rules: who may import whom, where NumPy may stand, how long a file may be, and that what is public is explained."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "minilora"
FILES = sorted(ROOT.rglob("*.py"))
CHAIN = "backend files ops nn adapters training compress interop experiments course commands cli __main__".split()
ASIDE = {"gradcheck", "lowrank", "quantize", "data", "plots"}  # each stands on backend and files alone
GROUND = {"backend", "files"}
NUMPY_ROOMS = {"backend", "files", "data", "gradcheck", "interop", "plots", "experiments", "course", "commands", "cli"}
PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


def room_of(path):
    """The top-level module or package of a file: ops/linear.py is in ops."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(source):
    """Every module that a source imports, by dotted name, wherever in the file it does so."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{alias.name}" for alias in node.names) if base == "minilora" else [base]


def may_import(room, other):
    if room == other or room == "__main__":
        return True
    if room in ASIDE or room == "files":
        return other in GROUND - {room}
    if room not in CHAIN or room == "backend":
        return False
    return other in ASIDE or (other in CHAIN and CHAIN.index(other) < CHAIN.index(room))


def faults(room, source):
    """What a file of a room imports against the rules."""
    rooms = {*CHAIN, *ASIDE}
    for name in imports(source):
        top, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if top == "":
            yield f"{room} imports {name}: write the whole name"
        elif top == "minilora" and other in rooms and not may_import(room, other):
            yield f"{room} imports minilora.{other}"
        elif top == "minilora" and other and other not in rooms and not other.startswith("__"):
            yield f"{room} imports minilora.{other}, which has no place in the house"
        elif top == "numpy" and room not in NUMPY_ROOMS:
            yield f"{room} imports numpy"
        elif top in ("lessons", "exercises", "notebooks", "tests", "benchmarks"):
            yield f"{room} imports {name}"
        elif top in ("cupy", "cupyx") and room != "backend":
            yield f"{room} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    assert list(faults(room_of(path), path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("room", "source", "fault"),
    [
        ("ops", "from minilora.nn import Linear", "ops imports minilora.nn"),
        ("ops", "def f():\n    from minilora import nn", "ops imports minilora.nn"),
        ("ops", "import minilora.nn.linear", "ops imports minilora.nn"),
        ("nn", "from minilora import backend, adapters", "nn imports minilora.adapters"),
        ("lowrank", "from minilora.ops import registry", "lowrank imports minilora.ops"),
        ("data", "from minilora import lowrank", "data imports minilora.lowrank"),
        ("backend", "from minilora import files", "backend imports minilora.files"),
        ("files", "from minilora.data import split", "files imports minilora.data"),
        ("training", "from minilora.cli import main", "training imports minilora.cli"),
        ("ops", "import numpy as np", "ops imports numpy"),
        ("lowrank", "from numpy.linalg import svd", "lowrank imports numpy"),
        ("training", "def f():\n    import numpy", "training imports numpy"),
        ("nn", "from . import linear", "nn imports .: write the whole name"),
        ("course", "import exercises", "course imports exercises"),
        ("nn", "import cupy", "nn imports cupy"),
        ("nn", "from minilora import attic", "nn imports minilora.attic, which has no place in the house"),
        ("attic", "from minilora import backend", "attic imports minilora.backend"),
    ],
)
def test_a_wrong_import_is_noticed(room, source, fault):
    assert list(faults(room, source)) == [fault]


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("ops", "import math\nfrom minilora import backend\nfrom minilora.ops.form import rows"),
        ("training", "from minilora import adapters, data, files, nn"),
        ("data", "import numpy as np\nfrom minilora.files import load_json"),
        ("files", "import numpy as np\nfrom minilora import backend"),
        ("cli", "from minilora import __version__, commands"),
    ],
)
def test_a_right_import_passes(room, source):
    assert list(faults(room, source)) == []


def test_every_room_has_its_place():
    rooms = {room_of(path) for path in FILES} - {"__init__"}
    assert rooms - {*CHAIN, *ASIDE} == set()


def test_no_room_for_everything():
    assert [path for path in FILES if path.name in ("utils.py", "util.py", "helpers.py", "base.py", "common.py", "misc.py")] == []


def test_a_file_can_be_read_in_a_sitting():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > 250} == {}


def test_every_file_says_what_it_is():
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in FILES}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


HEAVY = ("matplotlib", "IPython", "jupyter_client", "jupytext", "nbclient", "nbformat", "cupy", "torch", "transformers")


def test_importing_minilora_pulls_in_nothing_heavy():
    """Every package but plots, and the command line, in a fresh interpreter."""
    modules = ["minilora", "minilora.cli", *(f"minilora.{name}" for name in PACKAGES if name != "plots")]
    code = f"import sys, {', '.join(modules)}\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def without_docstring(module):
    """The public functions and classes in a module's namespace, of this project, that do not say what they are."""
    for name, thing in vars(module).items():
        ours = (inspect.isfunction(thing) or inspect.isclass(thing)) and thing.__module__.startswith("minilora")
        generated = inspect.isclass(thing) and (thing.__doc__ or "").startswith(f"{thing.__name__}(")  # by dataclass
        if ours and not name.startswith("_") and (not thing.__doc__ or generated):
            yield f"{module.__name__}.{name}"


@pytest.mark.parametrize("name", [*PACKAGES, "backend", "files"])
def test_what_a_package_exports_has_a_docstring(name):
    assert list(without_docstring(importlib.import_module(f"minilora.{name}"))) == []
