"""The picture of growth shows what it was given."""

import numpy as np

from minilora import plots

ROWS = [
    {"size": "T", "values": [1, 2, 4], "seconds": [[0.1, 0.3, 0.2], [0.4], [0.8]], "operations": [10, 20, 40]}
    | {"a": 0.05, "rate": 50.0, "measured_exponent": 1.25},
    {"size": "rank", "values": [1, 8], "seconds": [[0.1], [0.2]], "operations": [5, 9]}
    | {"a": 0.0, "rate": 40.0, "measured_exponent": 0.5},
]


def test_a_panel_for_each_size():
    figure = plots.growth(ROWS)
    first, second = figure.axes
    lines = {line.get_label(): line.get_ydata() for line in first.get_lines()}
    np.testing.assert_allclose(lines["measured"], [200, 400, 800])  # the median of the rounds, in milliseconds
    np.testing.assert_allclose(lines["fitted: a + operations / rate"], [250, 450, 850])
    np.testing.assert_allclose(lines["operations / rate alone"], [200, 400, 800])
    assert "1.25" in first.get_title() and second.get_xlabel() == "r, rank"
