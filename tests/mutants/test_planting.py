"""Mutants are data: each plants, changes the code that it names, and leaves no trace; what they are checked in is right."""

import ast
import dataclasses
import importlib
import inspect
import textwrap

import numpy as np
import pytest
from planting import load, planted
from subjects import SUBJECTS

from minilora import nn, ops
from minilora.gradcheck import Cause
from minilora.ops import registry

MUTANTS = load()
SCATTER = MUTANTS["embedding_scatter_by_fancy_index"]


def found(target):
    module, _, path = target.partition(":")
    place = importlib.import_module(module)
    for name in path.split("."):
        place = inspect.getattr_static(place, name)
    return place


def meaning(source):
    """The code without comments and layout."""
    return ast.dump(ast.parse(textwrap.dedent(source)))


@pytest.mark.parametrize("mutant", list(MUTANTS.values()), ids=list(MUTANTS))
def test_a_mutant_is_another_code_for_a_while(mutant):
    right = found(mutant.target)
    with planted(mutant) as wrong:
        assert found(mutant.target) is wrong is not right
        assert (wrong.__name__, inspect.signature(wrong)) == (right.__name__, inspect.signature(right))
    assert found(mutant.target) is right
    source = inspect.getsource(right)
    assert meaning(source.replace(mutant.right, mutant.wrong)) != meaning(source)


@pytest.mark.parametrize("mutant", list(MUTANTS.values()), ids=list(MUTANTS))
def test_a_mutant_says_what_it_is(mutant):
    assert mutant.cause in list(Cause)
    assert mutant.subject in {*registry, *SUBJECTS}
    if mutant.subject in registry:
        op = registry[mutant.subject]
        assert found(mutant.target) in (op.forward, op.backward)
        assert mutant.input in {*op.make_inputs(np.random.default_rng(0)), "y", "dy"}
    assert mutant.input and mutant.why.endswith(".") and "\n" not in mutant.why


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_they_are_checked_in_is_right(name):
    report = SUBJECTS[name](0)
    assert report.ok, str(report)


def test_every_subject_and_every_op_has_a_mutant():
    assert {mutant.subject for mutant in MUTANTS.values()} == {*registry, *SUBJECTS}


def test_a_function_is_planted_wherever_it_was_imported():
    places = [ops, ops.embedding, nn.embedding]
    right = ops.embedding_backward
    with planted(SCATTER) as wrong:
        assert all(place.embedding_backward is wrong for place in places)
    with pytest.raises(RuntimeError, match="stop"), planted(SCATTER):
        raise RuntimeError("stop")
    assert all(place.embedding_backward is right for place in places)


def test_a_text_that_does_not_stand_once_is_refused():
    for text, times in (("no such code", 0), ("needs", 2)):
        with pytest.raises(ValueError, match=f"stands {times} times in minilora.ops.embedding:embedding_backward, not once"):
            with planted(dataclasses.replace(SCATTER, right=text)):
                pass


def test_a_name_stands_once(tmp_path):
    fields = 'subject = "a"\ntarget = "b"\nright = "c"\nwrong = "d"\ncause = "e"\ninput = "f"\nwhy = "g"\n'
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(f"[same]\n{fields}")
    with pytest.raises(ValueError, match="two.toml: same stands in one already"):
        load(tmp_path)
