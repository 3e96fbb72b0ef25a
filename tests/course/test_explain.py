"""`minilora explain`: where a formula is met, and its derivation in plain letters."""

import pytest

from minilora.course.coverage import all_tags, checks, exercises_asking, lessons_citing, ops_using
from minilora.course.explain import derivation, explain

LESSON = r"""---
jupyter: {}
---

# 02 Linear

`linear:B1` and `linear:B2` are in this table of contents.

**The weight, `linear:B2`.** It meets every row:

$$\frac{\partial y_{ni}}{\partial W_{ij}} = x_{nj} \quad\Rightarrow\quad \underbrace{dW}_{(out, in)} = \sqrt{2} \cdot dy^\top x
\odot \bigl(z\bigr)$$

```python
not_prose = "`linear:B2`"
```

One more paragraph.

**The bias, `linear:B3`.** Another formula.
"""


def test_a_formula_with_all_its_places():
    text = explain("linear:B2")
    for part in (
        "linear:B2    dW = sum over rows  dy^T x",
        "derivation, from lessons/02_linear.md",
        "The gradient of the weight",
        "minilora/ops/linear.py:",
        "dW = rows(dy).T @ rows(x)",
        "linear: dW against numeric gradients now: largest error ",
        ", ok",
        "minilora exercise start 02a",
        "lessons/02_linear.md",
    ):
        assert part in text
    assert "$" not in text and "\\" not in text


def test_all_of_a_file():
    assert [line.split()[0] for line in explain("linear").splitlines()] == ["linear:F1", "linear:B1", "linear:B2", "linear:B3"]


@pytest.mark.parametrize(("tag", "near"), [("linaer:B2", "linear:B2"), ("zzz:B1", "lists all"), ("softmx", "softmax")])
def test_an_unknown_tag_gets_the_nearest(tag, near):
    with pytest.raises(ValueError, match=f"no formula has the tag '{tag}'; .*({near})"):
        explain(tag)


def test_a_derivation_ends_where_the_next_begins_and_is_plain():
    text = derivation(LESSON, "linear:B2")
    assert text.startswith("The weight, `linear:B2`.") and "One more paragraph." in text
    assert "(dy_ni)/(dW_ij) = x_nj" in text and "=>" in text and "sqrt(2) * dy^T x\n* (z )" in text
    assert "Another formula" not in text and "not_prose" not in text and "\\" not in text and "$" not in text


def test_every_place_of_one_tag():
    tagged = all_tags()["subspaces:P1"]
    assert tagged.module == "minilora.lowrank.subspaces" and "norm_F" in tagged.formula.right
    assert [exercise.id for exercise in exercises_asking(tagged)] == ["19a"]
    assert ops_using(tagged) == [] and checks(tagged) == "tests/lowrank/test_subspaces.py"
    assert checks(all_tags()["linear:B2"]) == "gradcheck"
    assert [path.name for path in lessons_citing()["linear:B2"] if path.name.startswith("02")] == ["02_linear.md"]


def test_two_files_of_one_name_have_two_names():
    tags = all_tags()
    assert tags["adalora:F1"].module == "minilora.ops.adalora"
    assert tags["training.adalora:F1"].module == "minilora.training.adalora"


@pytest.mark.parametrize("tag", all_tags())
def test_every_formula_has_a_line_of_code_and_can_be_told(tag):
    assert all_tags()[tag].lines
    lessons = [lesson.read_text("utf-8") for lesson in lessons_citing()[tag]]
    assert any(derivation(lesson, tag) != "(shown in its code)" for lesson in lessons)
