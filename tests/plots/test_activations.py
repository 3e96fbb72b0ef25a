"""The pictures of lesson 05 show what they are given."""

import numpy as np

from minilora.plots.activations import curves, differences, gate_landscape


def test_curves_show_values_on_the_left_and_slopes_on_the_right():
    x = np.array([-1.0, 0.0, 2.0])
    figure = curves(x, {"ReLU": (np.maximum(x, 0), x > 0), "line": (x, np.ones(3))})
    left, right = figure.axes
    assert left.lines[0].get_ydata().tolist() == [0, 0, 2] and right.lines[0].get_ydata().tolist() == [0, 0, 1]
    assert [text.get_text() for text in left.get_legend().texts] == ["ReLU", "line"]
    assert left.lines[0].get_linestyle() != left.lines[1].get_linestyle()


def test_differences_of_values_and_of_slopes_stand_apart():
    figure = differences([0, 1], {"a": [0.1, 0.2], "b": [0, 0]}, {"a": [0.3, 0.4]})
    left, right = figure.axes
    assert list(left.lines[1].get_ydata()) == [0, 0] and list(right.lines[0].get_ydata()) == [0.3, 0.4]
    assert [text.get_text() for text in figure.legends[0].texts] == ["a", "b"]


def test_a_landscape_has_an_arrow_for_each_spot():
    gate, up = np.linspace(-4, 4, 9), np.linspace(-3, 3, 7)
    ax = gate_landscape(gate, up, np.outer(up, gate), [(1, 2, 0.5, -0.5), (0, 0, 0, 1)]).axes[0]
    arrows = ax.collections[-1]
    assert arrows.get_offsets().tolist() == [[1, 2], [0, 0]]
    assert list(zip(arrows.U, arrows.V, strict=True)) == [(0.5, -0.5), (0, 1)]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("gate", "up")
