"""Every exercise's files equal what the generator writes, and the generator keeps and leaves out what it should."""

import inspect

import pytest

from minilora.course.catalogue import CATALOGUE, EXERCISES, Exercise
from minilora.course.formulas import formulas, tags_in
from minilora.course.stubs import cases, solution, stub

EACH = pytest.mark.parametrize("exercise", CATALOGUE.values(), ids=CATALOGUE)


@EACH
def test_files_equal_the_generator(exercise):
    assert (EXERCISES / exercise.filename).read_text() == stub(exercise), "run `make exercises`"
    assert (EXERCISES / "solutions" / exercise.filename).read_text() == solution(exercise), "run `make exercises`"


def test_there_is_no_file_without_an_exercise():
    names = {exercise.filename for exercise in CATALOGUE.values()}
    for folder in (EXERCISES, EXERCISES / "solutions"):
        assert {path.name for path in folder.glob("*.py")} == names


@EACH
def test_a_stub_gives_no_backward_formula_and_no_line_of_the_pair_away(exercise):
    text = stub(exercise)
    body = [line.strip() for line in text.splitlines()]
    asked = {tag for function in exercise.functions for tag in tags_in(function)}
    for formula in formulas(exercise.module).values():
        if formula.tag.startswith("B") if exercise.pair else formula.tag in asked:
            assert f"{formula.left} = {formula.right}" not in " ".join(text.split())
    lines = [line for function in exercise.functions for line in inspect.getsource(function).splitlines()]
    given = [line for line in lines if "# (" in line]
    assert given and not [line for line in given if line.strip() in body]
    assert f'NotImplementedError("{exercise.id}: write {exercise.functions[-1].__name__}")' in text


@EACH
def test_both_run_and_keep_the_helpers(exercise):
    for text in (stub(exercise), solution(exercise)):
        room = {}
        exec(compile(text, exercise.filename, "exec"), room)
        for op in cases(exercise):
            assert room[op.make_inputs.__name__]
        assert "register(" not in text


def test_attention_is_checked_with_dropout_too():
    assert [op.name for op in cases(CATALOGUE["07a"])] == ["attention", "attention_bidirectional"]


def test_one_of_several_pairs_in_a_module_is_taken_alone():
    text = solution(Exercise("04a", "layernorm_steps", "Layer norm"))
    assert "def layernorm_steps_backward" in text
    assert "def layernorm_backward" not in text
    text = stub(Exercise("05a", "gelu_tanh", "GELU"))
    assert "C_TANH = " in text and "gelu_erf_forward" not in text
