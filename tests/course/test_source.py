"""Source blocks: filled from the library, in every lesson, and kept equal to it."""

import inspect

import pytest

from minilora.course.catalogue import LESSONS
from minilora.course.source import shown, with_source
from minilora.ops import linear

BLOCK = "Before.\n\n<!-- source: minilora.ops.linear.linear_forward -->\n```python .noeval\n{}```\n\nAfter.\n"
EACH = pytest.mark.parametrize("lesson", sorted(LESSONS.glob("*.md")), ids=lambda path: path.stem)


@pytest.mark.parametrize("old", ["", "def old():\n\n    pass\n"])
def test_a_block_gets_the_library_source(old):
    assert with_source(BLOCK.format(old)) == BLOCK.format(inspect.getsource(linear.linear_forward))


def test_a_module_shows_its_header():
    assert shown("minilora.ops.linear").startswith("Affine map.\n\nx: (..., in)")


def test_a_marker_without_a_fence_is_refused():
    with pytest.raises(ValueError, match="1 source markers, but 0 with a fence"):
        with_source("<!-- source: minilora.ops.linear -->\n\n```python .noeval\n```\n")


@EACH
def test_lessons_show_the_library_as_it_is(lesson):
    text = lesson.read_text()
    assert with_source(text) == text, "run `make notebooks`"
    assert "<!-- source:" in text
