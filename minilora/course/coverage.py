"""Every tagged formula of the package, and where it is met: its code, its lesson, its exercise, its check."""

import ast
import importlib
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import minilora
from minilora.course.catalogue import CATALOGUE, LESSONS
from minilora.course.formulas import TAG, Formula, cited_name, formulas, tags_in
from minilora.ops import registry

PACKAGE = Path(minilora.__file__).parent
OUTSIDE = {"course"}  # writes of tags, has none
CITED = re.compile(r"\b((?:training\.|experiments\.|adapters\.|compress\.|lowrank\.)?[a-z_0-9]+:[A-Z]\d+)\b")


@dataclass(frozen=True)
class Tagged:
    """A formula and its place."""

    tag: str  # "linear:B2"
    formula: Formula
    module: str  # "minilora.ops.linear"
    lines: tuple[tuple[int, str], ...]  # (number, text) of the code lines that carry the tag

    @property
    def number(self):
        """The tag without its module: "B2"."""
        return self.formula.tag


@cache
def all_tags():
    """{tag: Tagged}, by module and then as the headers have them."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in OUTSIDE or not TAG.search(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""):
            continue
        module = importlib.import_module(".".join(["minilora", *parts]))
        code = {}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for tag in TAG.findall(line.partition("#")[2]):
                code.setdefault(tag, []).append((number, line.strip()))
        for tag, formula in formulas(module).items():
            name = f"{cited_name(module)}:{tag}"
            found[name] = Tagged(name, formula, module.__name__, tuple(code.get(tag, ())))
    return found


@cache
def lessons_citing():
    """{tag: [lesson's file]}, in the order of the lessons."""
    found = {}
    for lesson in sorted(LESSONS.glob("[0-9][0-9]_*.md")):
        for tag in dict.fromkeys(CITED.findall(lesson.read_text("utf-8"))):
            found.setdefault(tag, []).append(lesson)
    return found


def exercises_asking(tagged):
    """The Exercises whose functions compute this formula."""
    return [
        exercise
        for exercise in CATALOGUE.values()
        if exercise.module.__name__ == tagged.module and any(tagged.number in tags_in(f) for f in exercise.functions)
    ]


def ops_using(tagged):
    """The registered ops whose forward or backward computes this formula."""
    own = [op for op in registry.values() if op.forward.__module__ == tagged.module]
    return [op for op in own if tagged.number in tags_in(op.forward) + tags_in(op.backward)]


def checks(tagged):
    """What checks this formula: "gradcheck" for that of an op, else a test file; None if there is none.

    The test file is that of its module, or the first of its room that uses what the module defines.
    """
    if ops_using(tagged):
        return "gradcheck"
    parts = tagged.module.split(".")[1:]
    room, own = PACKAGE.parent.joinpath("tests", *parts[:-1]), f"test_{parts[-1]}.py"
    things = vars(sys.modules[tagged.module]).items()
    defined = [name for name, thing in things if getattr(thing, "__module__", "") == tagged.module]
    uses = re.compile(rf"\b({'|'.join(defined)})\b")
    found = [file for file in sorted(room.glob("test_*.py")) if file.name == own or uses.search(file.read_text("utf-8"))]
    found.sort(key=lambda file: file.name != own)
    return found[0].relative_to(PACKAGE.parent).as_posix() if found else None


def table():
    """[(tag, lesson numbers, exercise ids, check)] of all tags, as texts; "-" where there is none."""
    cited = lessons_citing()
    return [
        (
            tag,
            " ".join(path.name[:2] for path in cited.get(tag, ())) or "-",
            " ".join(exercise.id for exercise in exercises_asking(tagged)) or "-",
            checks(tagged) or "-",
        )
        for tag, tagged in all_tags().items()
    ]
