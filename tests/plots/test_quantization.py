"""The pictures of lesson 22 show what they are given."""

import pytest

from minilora.plots.quantization import error_against_bits, gaps, levels, losses, normality


def test_weights_lie_over_the_normal_density():
    left, right = normality({"attention": [-1.0, 0.0, 0.0, 1.0], "MLP": [0.5]}).axes
    assert max(left.lines[0].get_ydata()) == pytest.approx(0.3989, abs=1e-4)
    assert (left.get_yscale(), right.get_yscale()) == ("linear", "log")


def test_levels_and_their_boundaries():
    _, row = levels([-1.0, 0.2, 1.0], {"NF4": [-1.0, 0.0, 0.5, 1.0]}).axes
    strokes, between = row.collections
    assert [path.vertices[0][0] for path in strokes.get_paths()] == [-1.0, 0.0, 0.5, 1.0]
    assert [path.vertices[0][0] for path in between.get_paths()] == [-0.5, 0.25, 0.75]


def test_points_carry_their_block():
    ax = error_against_bits({"NF4": [(4.5, 0.09, 64), (5.0, 0.08, 32)]}).axes[0]
    assert [text.get_text() for text in ax.texts] == ["64", "32"]


def test_losses_are_shown_above_the_base():
    ax = losses({"NF4": 1.25, "8 bits": 1.0}, 1.0, "loss").axes[0]
    assert [bar.get_width() for bar in ax.patches] == [0.25, 0.0]
    assert [text.get_text().strip() for text in ax.texts] == ["+0.2500", "+0.0000"]


def test_gaps_are_means_over_seeds():
    ax = gaps({"docs": [0, 50]}, {"docs": {"NF4": [[0.2, 0.4], [0.1, 0.1]]}}).axes[0]
    assert ax.lines[0].get_xdata().tolist() == [0, 50] and ax.lines[0].get_ydata().tolist() == pytest.approx([0.3, 0.1])
