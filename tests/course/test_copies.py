"""What an instructor is told to look at."""

import pytest

from minilora.course.catalogue import CATALOGUE, EXERCISES, find
from minilora.course.copies import is_copy, unusual

NAME = "02a_linear.py"


@pytest.fixture
def answer(tmp_path):
    """Writes a file and returns its path."""

    def make(text):
        path = tmp_path / NAME
        path.write_text(text)
        return path

    return make


def test_a_copy_is_marked(answer):
    solution = (EXERCISES / "solutions" / NAME).read_text()
    assert is_copy(find("02a"), answer(solution))
    assert not is_copy(find("02a"), answer(solution.replace("(dy)", "(+dy)")))
    assert not is_copy(find("02a"), answer("def ("))
    assert not is_copy(find("02a"), answer(solution + "#" * 20_000))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import numpy as np, math\nfrom scipy.special import erf\nfrom minilora.ops.form import rows, wanted\n", []),
        ("import gc, ctypes.util\n", ["ctypes.util", "gc"]),
        ("from minilora.ops import registry\n", ["minilora.ops.registry"]),
        ("from minilora.ops.lora import lora_forward\n", ["minilora.ops.lora.lora_forward"]),
        ("exec(open('x').read())\nf.__globals__\n", ["__globals__", "exec", "open"]),
        ("def (", []),
        ("import a" + ".a" * 300_000, ["600,008 bytes"]),
    ],
)
def test_what_the_stub_has_no_use_for_is_told(answer, text, found):
    assert unusual(find("02a"), answer(text)) == found


@pytest.mark.parametrize("exercise", CATALOGUE.values(), ids=CATALOGUE)
def test_a_solution_has_nothing_unusual(exercise):
    assert unusual(exercise, EXERCISES / "solutions" / exercise.filename) == []
