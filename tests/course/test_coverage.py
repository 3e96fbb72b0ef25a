"""Every formula of the package is met where it should be: a line of code, a lesson, an exercise, a check."""

import re

import pytest

from minilora.course.catalogue import CATALOGUE, LESSONS
from minilora.course.coverage import CITED, all_tags, checks, exercises_asking, lessons_citing, ops_using, table
from minilora.ops import registry

TAGS = all_tags()


def test_every_formula_is_taught():
    assert [tag for tag in TAGS if tag not in lessons_citing()] == []


def test_every_formula_that_a_lesson_cites_exists():
    assert [(tag, lessons) for tag, lessons in lessons_citing().items() if tag not in TAGS] == []


def test_every_formula_stands_on_a_line_of_code():
    assert [tag for tag, tagged in TAGS.items() if not tagged.lines] == []


def test_every_formula_is_asked_for():
    assert [tag for tag, tagged in TAGS.items() if not exercises_asking(tagged)] == []


def test_every_formula_is_checked():
    assert [tag for tag, tagged in TAGS.items() if checks(tagged) is None and not exercises_asking(tagged)] == []


def test_every_lesson_from_01_on_has_an_exercise():
    assert {exercise.lesson for exercise in CATALOGUE.values()} >= {f"{n:02}" for n in range(1, 29)}
    assert {lesson.name[:2] for lesson in LESSONS.glob("[0-9]*.md")} >= {f"{n:02}" for n in range(29)}


def test_the_lesson_of_an_op_derives_it():
    """The lesson that the registry names cites each formula of the op's forward and backward."""
    for tag, tagged in TAGS.items():
        homes = {op.lesson for op in ops_using(tagged)}
        assert homes <= {lesson.name[:2] for lesson in lessons_citing().get(tag, [])}, tag


@pytest.mark.parametrize("lesson", sorted({op.lesson for op in registry.values()}))
def test_a_lesson_checks_its_formulas_in_front_of_the_reader(lesson):
    (path,) = LESSONS.glob(f"{lesson}_*.md")
    text = path.read_text("utf-8")
    assert re.search(r"\bcheck\(|\bcheck_model\(|\bcheck_layer\(", text)


def test_the_table_has_a_row_for_each_formula():
    rows = table()
    assert len(rows) == len(TAGS) and ("linear:B2", "gradcheck") in [(row[0], row[3]) for row in rows]


def test_a_citation_is_told_from_other_text():
    assert CITED.findall("`linear:B2`, training.adalora:F5; x[:N1], a: B2, Hu et al.:F") == ["linear:B2", "training.adalora:F5"]
