"""The pictures of bounds and clouds show what they are given."""

import numpy as np

from minilora.plots import constrained


def test_a_line_for_each_way_and_one_for_each_projection():
    courses = {"free": [(0, 3.0), (1, 2.0), (2, 1.0)], "cut": [(0, 3.0), (2, 1.0), (2, 2.5), (4, 2.0)]}
    ax = constrained.teeth(courses, every=2).axes[0]
    assert [line.get_xdata()[0] for line in ax.lines[:2]] == [2, 4]
    assert list(ax.lines[2].get_ydata()) == [3.0, 2.0, 1.0] and list(ax.lines[3].get_xdata()) == [0, 2, 2, 4]


def test_a_row_for_each_way():
    ax = constrained.ways({"a": [1.0, 3.0], "b": [2.0, 2.0]}).axes[0]
    assert ax.lines[0].get_xdata().tolist() == [1.0, 3.0] and list(ax.lines[1].get_xdata()) == [2.0, 2.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_points_lines_and_shadows():
    X, y = np.array([[0.0, 0], [2, 0], [0, 2], [2, 2]]), np.array([0, 0, 1, 1])
    left, first, second = constrained.clouds(X, y, {"p": (1, 0), "q": (0, 1)}, {"p": X[:, 0], "q": X[:, 1]}).axes
    assert list(left.lines[2].get_ydata()) == [1, 1]
    assert sum(patch.get_height() for patch in first.patches) == 4 and second.get_xlabel() == "coordinate along q"
