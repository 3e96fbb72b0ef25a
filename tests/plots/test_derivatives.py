"""The pictures of lesson 01 show what they are given."""

import pytest

from minilora.plots.derivatives import FLOOR, error_curves, predicted_steps, zooms


def test_each_window_has_the_curve_the_tangent_and_the_point():
    panel = {"x": [0.0, 1.0], "curve": [0.0, 2.0], "tangent": [0.0, 1.0], "point": (0.0, 0.0)}
    figure = zooms({"wide": panel, "narrow": panel})
    assert [ax.get_title() for ax in figure.axes] == ["wide", "narrow"]
    for ax in figure.axes:
        assert [line.get_ydata()[-1] for line in ax.lines] == [1.0, 2.0, 0.0]
        assert ax.get_xlim() == (0.0, 1.0)


def test_an_error_of_zero_is_drawn_at_the_floor_and_laws_are_named():
    curves = {"central": ([1e-2, 1e-5], [1e-4, 0.0])}
    ax = error_curves(curves, laws={"h²": ([1e-2, 1e-3, 1e-4], [1e-4, 1e-6, 1e-8])}).axes[0]
    assert list(ax.lines[0].get_ydata()) == [1e-4, FLOOR]
    assert [text.get_text() for text in ax.texts] == ["h²"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["central"]
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_steps_foretold_and_found_lie_where_they_should():
    ax = predicted_steps({"one": (1e-3, 2e-3), "two": (1e-6, 1e-6)}, factor=4).axes[0]
    assert {(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines[1:]} == {(1e-3, 2e-3), (1e-6, 1e-6)}
    assert {text.get_text() for text in ax.texts} == {"one", "two"}
    band = ax.collections[0].get_paths()[0].vertices
    low = band[:, 0].min()
    heights = sorted({y for x, y in band if x == low})
    assert heights == pytest.approx([low / 4, 4 * low])
