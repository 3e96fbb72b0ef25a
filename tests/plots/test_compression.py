"""The pictures of lesson 23 show what they are given."""

import numpy as np
import pytest

from minilora.plots.compression import clipping, loss_against_share, matrices, slope_and_price, soft_labels, students


def test_what_is_gone_is_crossed_out():
    W = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]])
    whole, pruned = matrices({"W": W, "pruned": W}, {"pruned": W > 4}).axes
    assert len(whole.lines) == 0
    assert sorted((*line.get_xdata(), *line.get_ydata()) for line in pruned.lines) == [(1, 1), (2, 1)]
    assert whole.images[0].get_array()[0, 1] == 2


def test_a_slope_and_a_price():
    stages = {name: ([0.1, 0.2], [1.0, 2.0]) for name in ("early", "middle", "late")}
    left, right = slope_and_price([-1.0, 0.0, 1.0], [4.0, 1.0, 0.0], 1.0, 0.0, 0.5, stages, 0.01).axes
    assert left.lines[1].get_ydata() == pytest.approx([-1.0, -0.5, 0.0])
    assert [line.get_label() for line in right.lines[:3]] == ["early", "middle", "late"]
    assert right.lines[3].get_xdata() == [0.01, 0.01]


def test_losses_are_means_over_seeds_against_percent():
    ax = loss_against_share([0.1, 0.5], {"obd": [[1.0, 2.0], [3.0, 5.0]]}, 1.0).axes[0]
    assert [*ax.lines[0].get_xdata()] == [10, 50] and [*ax.lines[0].get_ydata()] == [1.5, 4.0]


def test_soft_labels_are_named():
    ax = soft_labels(["a", "b"], {"tau = 1": [0.9, 0.1]}).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b"] and ax.get_yscale() == "log"


def test_students_learn_against_steps():
    ax = students([0, 50], {"hard": [[4.0, 5.0], [2.0, 3.0]]}).axes[0]
    assert [*ax.lines[0].get_ydata()] == [4.5, 2.5]


def test_the_least_errors_are_circled():
    ax = clipping([0, 0.01, 0.1], {"down": ([0.3, 0.2, 0.4], [0.1, 0.2, 0.5])}).axes[0]
    weights, at_w, outputs, at_o = ax.lines
    assert (at_w.get_xdata(), at_o.get_xdata()) == ([1], [0])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1", "10"]
