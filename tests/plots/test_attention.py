"""The pictures of lesson 07 show what they are given."""

import math

import numpy as np
import pytest

from minilora.plots.attention import EDGES, attention_flow, attention_maps, scale_curves
from minilora.plots.lines import loss_curves


def test_a_map_shows_every_weight_in_its_row_and_column():
    P = np.array([[0.25, 0.75, 0.0], [0.1, 0.2, 0.7]])
    figure = attention_maps({"before": P, "after": P}, queries=["a", "b"], keys=["x", "y", "z"])
    for ax in figure.axes:
        cells = {tuple(map(int, text.get_position())): text.get_text() for text in ax.texts}
        assert cells == {(j, t): f"{P[t, j]:.2f}" for t in range(2) for j in range(3)}
        assert [label.get_text() for label in ax.get_xticklabels()] == ["x", "y", "z"]
        assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [ax.get_title() for ax in figure.axes] == ["before", "after"]


def test_the_flow_names_every_formula_of_the_op():
    shown = [text.get_text() for text in attention_flow().axes[0].texts]
    assert {tag for *_, forward, backward in EDGES for tag in (forward, backward)} <= set(shown)
    assert {f"B{i}" for i in range(1, 7)} | {f"F{i}" for i in range(1, 5)} <= set(shown)


def test_curves_are_means_with_a_band_over_the_seeds():
    rows = [[1.0, 3.0], [2.0, 6.0]]                     # two sizes, two seeds
    figure = scale_curves([4, 16], {"right": {"entropy": rows, "gradient": rows}}, uniform=math.log(64))
    entropy, gradient = figure.axes
    assert entropy.lines[0].get_ydata().tolist() == gradient.lines[0].get_ydata().tolist() == [2.0, 4.0]
    band = entropy.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (1.0, 6.0)


def test_losses_have_a_line_for_each_variant():
    ax = loss_curves({"right": [[3.0, 2.0], [1.0, 0.0]], "wrong": [[3.0, 3.0], [3.0, 3.0]]}).axes[0]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[2.0, 1.0], [3.0, 3.0]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["right", "wrong"]


def test_runs_of_different_length_are_refused():
    with pytest.raises(ValueError):
        loss_curves({"right": [[3.0, 2.0], [1.0]]})
