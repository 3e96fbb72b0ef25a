"""Headers are read, and cut, as they are written."""

from minilora import quantize
from minilora.course.formulas import cut, formulas, tag_of, tags_in, upstream
from minilora.ops import attention, layernorm, linear

HEADER = """Some map.

    x: (N, C)

    forward   (F1)  y  = a x + b
    backward  (B1)  dz = dy a
                         + more of it                 (N, C)
              (B2)  dx = dz x + (a - b)
      fused:
              (B3)  dw  = dy sum(x)                   (C,)
              (B4)  du = s dy

About dy = 1.
"""

CUT = """Some map.

    x: (N, C)

    forward   (F1)  y  = a x + b
    backward  (B1)  dz = ...
              (B2)  dx = ...
      fused:
              (B3)  dw  = ...                   (C,)
              (B4)  du = ...

About dy = 1.
"""


def test_cut_removes_the_right_hand_sides_that_are_asked_for():
    assert cut(HEADER, lambda tag: tag.startswith("B")) == CUT
    assert cut(HEADER, {"F1"}.__contains__) == HEADER.replace("a x + b", "...")


def test_formulas_are_split_into_tag_left_and_right():
    found = formulas(linear)
    assert list(found) == ["F1", "B1", "B2", "B3"]
    assert (found["B2"].left, found["B2"].right) == ("dW", "sum over rows  dy^T x")


def test_a_formula_has_all_its_lines():
    assert formulas(quantize)["Q5"].right.count("\n") == 1 and "each side ends at 1 or -1" in formulas(quantize)["Q5"].right
    assert "\n" not in formulas(linear)["B3"].right


def test_tags_come_in_the_order_of_the_code():
    assert tags_in(linear.linear_backward) == ["B1", "B2", "B3"]
    assert tags_in(attention.attention_forward) == ["F1", "F2", "F3", "F4"]


def test_a_gradient_has_the_tag_that_its_own_function_uses():
    assert tag_of("dW", linear.linear_backward) == "B2"
    assert tag_of("dx", layernorm.layernorm_steps_backward) == "B7"
    assert tag_of("dx", layernorm.layernorm_backward) == "B8"
    assert tag_of("dnothing", linear.linear_backward) is None


def test_upstream_follows_the_intermediate_gradients():
    known = formulas(attention)
    assert upstream("B5", known) == ["B4", "B3", "B2"]
    assert upstream("B1", known) == []
