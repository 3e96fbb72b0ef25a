"""The exercises there are, and where their files lie."""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

from minilora.course.formulas import cited_name
from minilora.ops import registry

ROOT = Path(__file__).resolve().parents[2]
LESSONS, NOTEBOOKS, EXERCISES = ROOT / "lessons", ROOT / "notebooks", ROOT / "exercises"


@dataclass(frozen=True)
class Exercise:
    """Write something of the library again: the forward and the backward of a registered op, or one plain function."""

    id: str  # the lesson's number and a letter: "02a"
    target: str  # a name in minilora.ops.registry, or a function's dotted name below minilora: "lowrank.truncation.truncate"
    title: str

    @property
    def lesson(self):
        """The number of the lesson that it belongs to."""
        return self.id[:2]

    @property
    def pair(self):
        """The registered op; None for a plain function."""
        return None if "." in self.target else registry[self.target]

    @property
    def functions(self):
        """The library's functions that are asked for: (forward, backward), or one."""
        if self.pair:
            return self.pair.forward, self.pair.backward
        return (library_object(f"minilora.{self.target}"),)

    @property
    def module(self):
        """The library's module that the exercise is generated from."""
        return sys.modules[self.functions[0].__module__]

    @property
    def filename(self):
        """The same in exercises/, in solutions/ and in the student's folder."""
        return f"{self.id}_{self.target.rsplit('.', 1)[-1]}.py"

    def tag(self, number):
        """A formula's tag as it is cited: linear:B2."""
        return f"{cited_name(self.module)}:{number}"


CATALOGUE = {
    exercise.id: exercise
    for exercise in (
        Exercise("02a", "linear", "The linear layer, forward and backward"),
        Exercise("07a", "attention", "Scaled dot-product attention, forward and backward"),
        Exercise("16a", "lora", "The LoRA linear, forward and backward"),
        Exercise("19a", "lowrank.subspaces.subspace_similarity", "How alike two subspaces are"),
    )
}


def find(number):
    """The exercise of an id; a lesson's number alone means its first: "02", "2" and 2 are "02a". ValueError lists them all."""
    wanted = str(number).strip().lower()
    digits = wanted.rstrip("abcdefghijklmnopqrstuvwxyz")
    key = digits.zfill(2) + (wanted[len(digits) :] or "a")
    if key not in CATALOGUE:
        raise ValueError(f"there is no exercise {number!r}; choose one of {', '.join(CATALOGUE)}")
    return CATALOGUE[key]


def exercise_folder():
    """The folder with stubs, solutions and hints. FileNotFoundError where the package was installed without it."""
    if not (EXERCISES / "hints.toml").is_file():
        message = f"there are no exercises at {EXERCISES}: they come with a checkout of minilora, not with the installed package"
        raise FileNotFoundError(message + "; clone the repository and run the command there")
    return EXERCISES


def library_object(name):
    """The module, class or function of a dotted name: minilora.ops.linear or minilora.ops.linear.linear_backward."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        module, _, attribute = name.rpartition(".")
        if not module or not name.startswith(error.name or "\0"):
            raise
        return getattr(library_object(module), attribute)
