"""Notebooks have their lessons' inputs; the command converts, executes, leaves alone and checks."""

import json
import re

import nbformat
import pytest

from minilora.course import notebooks
from minilora.course.catalogue import LESSONS, NOTEBOOKS

FRONT = LESSONS.joinpath("02_linear.md").read_text().split("\n# ")[0]
EACH = pytest.mark.parametrize("lesson", notebooks.lessons(), ids=lambda path: path.stem)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Folders of their own for lessons and notebooks; returns a function that writes lesson 01."""
    monkeypatch.setattr(notebooks, "LESSONS", tmp_path)
    monkeypatch.setattr(notebooks, "NOTEBOOKS", tmp_path)

    def write(body):
        (tmp_path / "01_topic.md").write_text(f"{FRONT}\n# Topic\n\n{body}\n")
        return tmp_path / "01_topic.ipynb"

    return write


@EACH
def test_a_notebook_has_the_inputs_of_its_lesson(lesson):
    assert notebooks.difference(lesson) == "", "run `make notebooks`"


def test_there_is_no_notebook_without_a_lesson():
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {path.stem for path in notebooks.lessons()}


@EACH
def test_a_notebook_was_executed_without_an_error_and_names_no_place_of_this_machine(lesson):
    notebook = nbformat.read(notebooks.notebook_path(lesson), as_version=4)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert notebooks._has_outputs(notebooks.notebook_path(lesson))
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs), "a lesson has a picture"
    texts = json.dumps([output if "data" not in output else output.data.get("text/plain") for output in outputs])
    assert not re.search(r"/(home|root|work|tmp|Users)/|0x[0-9a-f]{8}", texts)


@EACH
def test_a_lesson_says_first_what_to_install(lesson):
    first = next(cell for cell in notebooks.convert(lesson.read_text()).cells if cell.cell_type == "code")
    hint = """# Outside a checkout: in the project's folder, pip install ".[course]\""""
    assert first.source.splitlines()[:2] == [hint, "import minilora"]
    assert not re.search(r"^def \w+_(forward|backward)\(", lesson_code(lesson), re.MULTILINE), "a lesson defines no op again"


def lesson_code(lesson):
    """All executed code of a lesson."""
    return "\n".join(cell.source for cell in notebooks.convert(lesson.read_text()).cells if cell.cell_type == "code")


def test_conversion_gives_positions_as_ids_and_plain_fences(house):
    house("Text.\n\n<!-- source: minilora.ops.linear -->\n```text .noeval\nshown\n```\n\n```python\nx = 1\n```")
    cells = notebooks.convert(notebooks.LESSONS.joinpath("01_topic.md").read_text()).cells
    assert [(cell.cell_type, cell.id) for cell in cells] == [("markdown", "cell-000"), ("code", "cell-001")]
    assert "```text\nshown" in cells[0].source


def test_written_executed_and_then_left_alone(house):
    lines = ["import os, time", "print(os.listdir())", "time.sleep(0.3)", "print(os.environ['MINILORA_BACKEND'])", "1 + 1"]
    path = house("\n".join(["```python", *lines, "```"]))
    assert notebooks.main([]) == 0
    outputs = nbformat.read(path, as_version=4).cells[1].outputs
    assert outputs[0].text == "[]\nnumpy\n" and outputs[1].data["text/plain"] == "2"
    assert '"execution": {' not in path.read_text()
    marked = path.read_text().replace('"2"', '"3"')
    path.write_text(marked)
    assert notebooks.main(["1"]) == 0
    assert path.read_text() == marked  # outputs are not compared


def test_a_difference_in_inputs_is_shown_and_fails(house, capfd):
    path = house("```python\n1\n```")
    assert notebooks.main(["--check"]) == 1
    assert "01_topic.ipynb is missing" in capfd.readouterr().err
    notebooks.main([])
    before = path.read_text()
    house("```python\n2\n```")
    assert notebooks.main(["--check"]) == 1
    error = capfd.readouterr().err
    assert "-1\n" in error and "+2\n" in error and "make notebooks" in error
    assert path.read_text() == before


def test_a_failing_cell_fails_and_leaves_the_old_notebook(house, capfd):
    path = house("```python\n1\n```")
    notebooks.main([])
    before = path.read_text()
    house("```python\n1 / 0\n```")
    assert notebooks.main([]) == 1
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert path.read_text() == before


def test_an_unknown_lesson_is_refused(capfd):
    assert notebooks.main(["99"]) == 2
    assert "no lesson 99; there are 00_how_to_read, 01_gradcheck, 02_linear" in capfd.readouterr().err
