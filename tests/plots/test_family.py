"""The pictures of lesson 20 show what they are given."""

import pytest

from minilora.plots.family import dora_plane, race, residuals


def ends(ax):
    """{label: (x, y)} of the arrows' heads."""
    return {text.get_text(): text.xy for text in ax.texts if text.get_text()}


def test_the_exact_step_stands_across_the_ray_and_the_detached_one_does_not():
    v = 1.0, 0.5
    left, right = dora_plane(v, 1.4, (0.6, 1.5)).axes
    along = {name: (end[0] - v[0]) * v[0] + (end[1] - v[1]) * v[1] for name, end in ends(right).items()}
    assert along["exact"] == pytest.approx(0, abs=1e-12) and abs(along["detached"]) > 0.1
    row = ends(left)["W'"]
    assert row[0] ** 2 + row[1] ** 2 == pytest.approx(1.4**2) and row[0] * v[1] == pytest.approx(row[1] * v[0])


def test_residuals_are_means():
    ax = residuals([1, 2], {"PiSSA": [[0.8, 0.6], [0.4, 0.2]]}).axes[0]
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([0.7, 0.3])


def test_the_race_marks_every_seed_and_the_mean():
    ax = race({"LoRA": [1.0, 2.0, 3.0], "DoRA": [1.0, 1.0, 4.0]}, "loss").axes[0]
    assert list(ax.lines[0].get_xdata()) == [1, 2, 3] and float(ax.lines[1].get_xdata()[0]) == 2
    assert [label.get_text() for label in ax.get_yticklabels()] == ["LoRA", "DoRA"]
