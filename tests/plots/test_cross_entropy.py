"""The pictures of lesson 03 show what they are given."""

import numpy as np

from minilora.ops import softmax_forward
from minilora.plots.cross_entropy import CORNERS, EDGES, cross_entropy_flow, far_out, simplex, temperature


def test_a_path_on_the_simplex_goes_from_its_start_to_its_corner():
    path = [softmax_forward(np.array([a, 0.0, 0]))[0] for a in (0.0, 2.0, 50.0)]
    figure = simplex({"loss": lambda P: -np.log(P[..., 0])}, {"loss": [path]}, ["a", "b", "c"])
    (ax,) = figure.axes
    places = ax.lines[1].get_xydata()
    np.testing.assert_allclose(places[0], CORNERS.mean(axis=0))
    np.testing.assert_allclose(places[-1], CORNERS[0], atol=1e-12)
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"] and ax.get_title() == "loss"


def test_the_flow_names_every_formula_of_the_steps():
    shown = {text.get_text() for text in cross_entropy_flow().axes[0].texts}
    assert {tag for *_, forward, backward in EDGES for tag in (forward, backward)} <= shown
    assert {f"F{i}" for i in range(1, 6)} | {f"B{i}" for i in range(1, 6)} <= shown


def test_a_line_ends_with_a_cross_where_its_numbers_end():
    loss, slope = far_out([0, 1, 2], {"a": [1, 2, 3], "b": [1, 2, np.inf]}, {"a": [0, 1, 1], "c": [0, 0, 0]}).axes
    a, b, cross = loss.lines
    assert list(a.get_ydata()) == [1, 2, 3] and list(b.get_ydata()) == [1, 2] and cross.get_xydata().tolist() == [[1, 2]]
    assert [text.get_text() for text in slope.get_legend().get_texts()] == ["a", "c"]
    assert slope.lines[0].get_color() == a.get_color() and slope.lines[1].get_color() not in (a.get_color(), b.get_color())


def test_the_best_temperature_is_marked_on_its_curve():
    figure = temperature([1, 2, 3], {"text": [4.0, 2.0, 3.0]}, {"text": 2}, {"text": [0.2, 0.8]}, {"text": [0.1, 0.9]})
    loss, promised = figure.axes
    assert loss.lines[1].get_xydata().tolist() == [[2, 2.0]]
    assert promised.lines[0].get_xydata().tolist() == [[0.2, 0.1], [0.8, 0.9]]
