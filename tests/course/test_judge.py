"""Three ways: every stub is unsolved, every solution passes, every wrong answer fails at the intended gradient and formula."""

import ast

import pytest

from minilora.course.catalogue import CATALOGUE, EXERCISES, find
from minilora.course.judge import input_sets, judge
from minilora.gradcheck import Cause

EACH = pytest.mark.parametrize("exercise", CATALOGUE.values(), ids=CATALOGUE)
WRONG = sorted((EXERCISES / "wrong").glob("*.py"))


@EACH
def test_a_stub_is_unsolved(exercise):
    result = judge(exercise, EXERCISES / exercise.filename)
    assert result.unsolved and not result.ok
    assert f"not solved yet: {exercise.functions[0].__name__}" in result.report


@EACH
def test_a_solution_passes(exercise):
    result = judge(exercise, EXERCISES / "solutions" / exercise.filename)
    assert result.ok and result.failures == (), result.report
    sets = len(input_sets(exercise))
    assert result.report.endswith(f"right, on {sets} sets of inputs" if sets > 1 else "right")
    assert result.reached == (len(result.levels),) * 2


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_answer_fails_where_it_says(path):
    title, intended, cause = read_header(path)
    result = judge(find(path.name[:3]), path)
    assert not result.ok and not result.unsolved
    assert ", ".join(f"{failure.name} ({failure.tag})" for failure in result.failures) == intended, result.report
    assert title.endswith(".") and cause
    if cause in set(Cause) and not intended.startswith("y "):
        assert any(cause in failure.causes for failure in result.failures), result.report


@EACH
def test_each_exercise_has_three_wrong_answers(exercise):
    assert sum(path.name.startswith(exercise.id) for path in WRONG) >= 3


def read_header(path):
    """(sentence, fails at, cause) of a wrong answer's docstring."""
    lines = ast.get_docstring(ast.parse(path.read_text())).splitlines()
    facts = dict(line.split(": ", 1) for line in lines if line.startswith(("fails at: ", "cause: ")))
    return lines[0] if lines[1] == "" else " ".join(lines[: lines.index("")]), facts["fails at"], facts["cause"]


def test_forward_alone_is_judged_alone(tmp_path):
    file = tmp_path / "answer.py"
    file.write_text(
        "from minilora.ops.linear import linear_forward\n"
        "def linear_backward(dy, cache, needs=None):\n    raise NotImplementedError('02a: write linear_backward')\n"
    )
    result = judge(find("02"), file)
    assert result.unsolved and not result.ok
    assert result.report.endswith("  linear:F1  y  right\n\nnot solved yet: linear_backward")


def test_a_failure_names_formula_entry_and_both_values():
    result = judge(find("02"), EXERCISES / "wrong" / "02a_overwritten_dW.py")
    (failure,) = result.failures
    assert failure.message.startswith("linear:B2  dW[") and "got " in failure.message and "expected " in failure.message
    assert "35 of 35 entries are wrong" in result.report and "linear:B1  dx  right" in result.report


def test_what_two_wrong_gradients_share_is_named(tmp_path):
    file = tmp_path / "answer.py"
    file.write_text(
        "from minilora.ops.lora import *\nfrom minilora.ops.lora import lora_backward as right\n"
        "def lora_backward(dy, cache, needs=None):\n    dx, dA, dB = right(dy, cache)\n    return 2 * dx, 2 * dA, dB\n"
    )
    result = judge(find("16"), file)
    assert [failure.name for failure in result.failures] == ["dx", "dA"]
    assert "dx and dA are computed from dZ (lora:B2): look there first" in result.report


def test_a_forward_that_needs_the_bias_fails_without_one(tmp_path):
    file = tmp_path / "answer.py"
    text = "from minilora.ops.linear import linear_backward\n"
    file.write_text(text + "def linear_forward(x, W, b=None):\n    print('here')\n    return x @ W.T + b, (x, W, True)\n")
    result = judge(find("02"), file)
    assert "your code printed:\nhere\n" in result.report
    assert not result.ok and "linear_forward stopped with TypeError" in result.report and "(line 4: " in result.report


def test_a_wrong_count_of_gradients_is_told(tmp_path):
    file = tmp_path / "answer.py"
    file.write_text("from minilora.ops.linear import linear_forward\ndef linear_backward(dy, cache):\n    return dy @ cache[1]\n")
    result = judge(find("02"), file)
    assert not result.ok and "one gradient, expected 3: dx, dW, db" in result.report


def test_lower_precision_is_told(tmp_path):
    file = tmp_path / "answer.py"
    file.write_text(
        "from minilora.ops.linear import *\ndef linear_forward(x, W, b=None):\n"
        "    y = x @ W.T + (0 if b is None else b)\n    return y.astype('float32'), (x, W, b is not None)\n"
    )
    assert "y has dtype float32, expected float64" in judge(find("02"), file).report
