"""How far an answer got: each level is missed by the mistake that it is there for, and those below it are reached."""

import numpy as np
import pytest

from minilora.course.catalogue import find
from minilora.course.compare import unequal, unlike
from minilora.course.judge import judge

LINEAR = """
from minilora.ops.linear import linear_forward as right_forward, linear_backward as right_backward

def linear_forward(x, W, b=None):
    y, cache = right_forward(x, W, b)
    return {y}, cache

def linear_backward(dy, cache, needs=None):
    dx, dW, db = right_backward(dy, cache)
    return {dx}, dW, db
"""
SIMILARITY = """
def subspace_similarity(A1, A2, i, j):
    return {}
"""


@pytest.mark.parametrize(
    ("y", "dx", "missed", "said"),
    [
        ("y", "1 / 0", "runs", "ZeroDivisionError"),
        ("y[0]", "dx", "shape", "y has shape (3, 7), expected (2, 3, 7)"),
        ("y", "dx[0]", "shape", "dx"),
        ("y + 1", "dx", "forward", "got "),
        ("y", "dx + 1", "direction", "dx (cosine 0."),
        ("y", "-dx", "direction", "dx (cosine -1.0000)"),
        ("y", "0 * dx", "direction", "dx (zero, or no number)"),
        ("y", "2.5 * dx", "scale", "dx (2.5 times as long)"),
        ("y", "dx * (1 + 1e-5 * (abs(dx) == abs(dx).min()))", "exact", "dx"),
        ("y", "dx", None, ""),
    ],
)
def test_a_pair_reaches_what_its_mistake_leaves(tmp_path, y, dx, missed, said):
    file = tmp_path / "answer.py"
    file.write_text(LINEAR.format(y=y, dx=dx))
    result = judge(find("02a"), file)
    reached = [level.name for level in result.levels if level.reached]
    names = ["runs", "shape", "forward", "direction", "scale", "exact"]
    assert reached == names[: names.index(missed) if missed else 6]
    assert result.ok == (missed is None) and result.reached == (len(reached), 6)
    if missed:
        line = next(line for line in result.report.splitlines() if line.startswith(f"  {missed}"))
        assert "no: " in line and said in line


@pytest.mark.parametrize(
    ("returned", "missed"),
    [
        ("1 / 0", "runs"),
        ("'x'", "runs"),
        ("(A1, (1, 2))", "runs"),
        ("A1", "shape"),
        ("(0.5, 0.5)", "shape"),
        ("None", "shape"),
        ("0.5", "forward"),
    ],
)
def test_a_plain_function_has_three_levels(tmp_path, returned, missed):
    file = tmp_path / "answer.py"
    file.write_text(SIMILARITY.format(returned))
    result = judge(find("19a"), file)
    names = ["runs", "shape", "forward"]
    assert [level.name for level in result.levels if level.reached] == names[: names.index(missed)]
    assert not result.ok and not result.unsolved


def test_a_wrong_value_names_formula_and_both_numbers(tmp_path):
    file = tmp_path / "answer.py"
    file.write_text(SIMILARITY.format("0.5"))
    (failure,) = judge(find("19a"), file).failures
    assert failure.message.startswith("subspaces:P1  phi(i, j)  got 0.5, expected 0.")


def test_two_booleans_can_differ():
    assert unequal("mask", np.array([True, False]), np.array([True, True])).startswith("mask[1]  got 0, expected 1")
    assert unequal("mask", np.array([True, False]), np.array([True, False])) is None


def test_a_float_of_another_precision_is_told_but_not_a_float_for_a_whole_number():
    assert "has dtype float32" in unlike("y", np.float32([1]), np.array([1.0]))
    assert unlike("bytes", np.array(4592.0), 4592) is None and unlike("y", np.array([1]), np.array([1.0])) is None
