"""Exercises are found by their numbers, and what a name means in the library."""

import pytest

from minilora.course import catalogue
from minilora.course.catalogue import CATALOGUE, exercise_folder, find, library_object
from minilora.ops import linear


@pytest.mark.parametrize("number", ["02a", "02", "2", "2a", 2, " 02A "])
def test_a_number_alone_means_the_first_exercise(number):
    assert find(number).id == "02a"


@pytest.mark.parametrize("number", ["99", "02z", "", "linear", "a"])
def test_an_unknown_number_is_told_what_there_is(number):
    with pytest.raises(ValueError, match=r"no exercise .*02a, .*07a, .*16a"):
        find(number)


def test_ids_agree_with_the_registry():
    for exercise_id, exercise in CATALOGUE.items():
        assert exercise.id == exercise_id
        assert exercise.pair is None or exercise.lesson == exercise.pair.lesson
    assert list(CATALOGUE) == sorted(CATALOGUE)


def test_without_a_checkout_the_error_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "EXERCISES", tmp_path)
    with pytest.raises(FileNotFoundError, match="come with a checkout"):
        exercise_folder()


def test_library_object_is_a_module_or_what_is_in_it():
    assert library_object("minilora.ops.linear.linear_backward") is linear.linear_backward
    assert library_object("minilora.ops.form.Op").__name__ == "Op"
    assert library_object("minilora.nn").__name__ == "minilora.nn"
    with pytest.raises(AttributeError):
        library_object("minilora.ops.linear.no_such")
    with pytest.raises(ModuleNotFoundError):
        library_object("no_such.thing")
