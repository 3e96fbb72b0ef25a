"""The pictures of lesson 10 show what they are given."""

import math

import numpy as np

from minilora.plots.optimizers import curves, rate_sweep, valley_paths


def test_each_path_has_a_panel_of_its_own():
    paths = {"a": np.array([[-4.0, 0.5], [0.0, 0.0]]), "b": np.array([[-4.0, 0.5], [2.0, 1.0], [9.0, 9.0]]), "c": [[1.0, 1.0]]}
    figure = valley_paths((1.0, 20.0), paths)
    assert [ax.get_title() for ax in figure.axes[:3]] == ["a", "b", "c"]
    for ax, points in zip(figure.axes, paths.values(), strict=False):
        assert ax.lines[0].get_xydata().tolist() == np.asarray(points).tolist()
        assert ax.get_xlim() == (-5.0, 5.0)             # the starts' frame, whatever leaves it
    assert not figure.axes[3].axison


def test_curves_are_drawn_over_one_axis():
    ax = curves([1, 10], {"up": [1, 2], "down": [2, 1]}, "step", "f", log=True, level=(1.5, "middle")).axes[0]
    assert [line.get_ydata()[0] for line in ax.lines[:2]] == [1, 2] and ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["middle"]


def test_a_sweep_marks_the_rates_where_a_run_diverged():
    losses = {0.1: [3.0, 3.2], 1.0: [2.0, 9.0], 2.0: [math.inf] * 2, 4.0: [math.nan, 3.0]}
    ax = rate_sweep({"SGD": losses}, "loss", uniform=4.5).axes[0]
    mean, crosses = ax.lines[:2]
    assert mean.get_xydata().tolist() == [[0.1, 3.1]]
    assert list(crosses.get_xdata()) == [1.0, 2.0, 4.0]
