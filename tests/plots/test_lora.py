"""The pictures of lesson 16 show what they are given."""

import math

import pytest

from minilora.plots.lora import change_against_rank, first_step_cosines, lora_flow, lora_shapes


def test_the_shapes_are_to_scale_and_counted():
    ax = lora_shapes(n_in=96, n_out=64, r=4).axes[0]
    assert [(patch.get_width(), patch.get_height()) for patch in ax.patches] == [(96, 64), (4, 64), (96, 4)]
    shown = " ".join(text.get_text() for text in ax.texts)
    assert all(count in shown for count in ("64 x 96 = 6,144", "64 x 4 = 256", "4 x 96 = 384"))


def test_the_flow_names_every_formula_of_the_op():
    shown = {text.get_text() for text in lora_flow().axes[0].texts}
    assert {f"B{i}" for i in range(1, 6)} | {f"F{i}" for i in range(1, 4)} <= shown


def test_cosines_stand_beside_the_prediction():
    ax = first_step_cosines([1, 2, 4], {"q": [[0.1, 0.3], [0.2, 0.2], [0.3, 0.3]]}, n_in=12).axes[0]
    mean, low, high, predicted = ax.lines
    assert mean.get_ydata().tolist() == pytest.approx([0.2, 0.2, 0.3])
    assert low.get_ydata().tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert high.get_ydata().tolist() == pytest.approx([0.3, 0.2, 0.3])
    assert predicted.get_ydata()[-1] == pytest.approx(math.sqrt(4 / 16))


def test_changes_are_relative_to_the_first_rank():
    panels = {"SGD": {"s = 1": [[2.0, 4.0], [6.0, 12.0]]}, "Adam": {"s = 1": [[1.0, 1.0], [1.0, 1.0]]}}
    sgd, adam = change_against_rank([1, 2], panels).axes
    assert sgd.lines[0].get_ydata().tolist() == [1.0, 3.0]
    assert adam.lines[0].get_ydata().tolist() == [1.0, 1.0]
    assert (sgd.get_title(), adam.get_title()) == ("SGD", "Adam")
