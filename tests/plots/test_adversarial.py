"""The pictures of attacks show what they are given."""

import pytest

from minilora.plots import adversarial


def test_all_random_lines_share_a_name():
    figure = adversarial.loss_along([-1, 0, 1], {"gradient": [1, 2, 4], "random 0": [2, 2, 2], "random 1": [2, 2, 2.1]}, 0.5)
    (ax,) = figure.axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["along the gradient", "random directions"]
    assert list(ax.lines[0].get_ydata()) == [1, 2, 4]


def test_the_ball_has_its_radius_and_its_paths():
    figure = adversarial.ball([0, 1], [0, 1], [[0, 1], [1, 2]], 0.7, {"FGM": [(0, 0), (0.7, 0)], "PGD": [(0, 0), (0.3, 0.2)]})
    (ax,) = figure.axes
    assert ax.patches[0].get_radius() == 0.7 and list(ax.lines[1].get_xdata()) == [0, 0.3]


def test_every_seed_is_a_point_and_the_line_their_mean():
    runs = [{"none": {"loss": 1.0, "right": 0.5}, "fgm": {"loss": value, "right": 0.4}} for value in (2.0, 3.0)]
    loss, right = adversarial.loss_under_attack({"plain": runs, "FGM": runs}).axes
    assert list(loss.lines[0].get_ydata()) == [1.0, 2.5]
    assert any(list(line.get_ydata()) == [2.0, 3.0] for line in loss.lines)
    assert list(right.lines[0].get_ydata()) == [0.5, 0.4]


def test_bars_stand_side_by_side():
    (ax,) = adversarial.shifted_optimum([0.6, 0.4], {"one": [0.5, 0.5], "two": [1.0, 0.0]}).axes
    assert [patch.get_height() for patch in ax.patches] == pytest.approx([0.6, 0.4, 0.5, 0.5, 1.0, 0.0])
    starts = sorted(patch.get_x() for patch in ax.patches)
    assert all(b - a > 0.2 for a, b in zip(starts, starts[1:], strict=False))
