"""The pictures of lesson 06 show what they are given."""

import math

import numpy as np

from minilora.plots.positions import hands, loss_by_position, turning


def test_a_hand_points_along_its_angle():
    ax = hands([[0.0, math.pi / 2], [math.pi, 0.0]]).axes[0]
    tips = [(line.get_xdata()[1], line.get_ydata()[1]) for line in ax.lines]    # y counts downwards, so up is less
    np.testing.assert_allclose(tips, [(0.4, 0), (0, 0.6), (0.6, 0), (1.4, 1)], atol=1e-12)
    assert len(ax.patches) == 4


def test_turning_has_a_row_for_each_pair_and_a_line_for_each_base():
    figure = turning(np.array([[1.0, 1.0], [0.5, 0.9], [-0.4, 0.8]]), {"base 100": [1, 0.7, 0.2], "base 10": [1, 0.1, -0.2]})
    picture, right = figure.axes[0].images[0], figure.axes[1]
    assert picture.get_array().shape == (2, 3) and picture.get_array()[0].tolist() == [1.0, 0.5, -0.4]
    assert [list(line.get_ydata()) for line in right.lines[:2]] == [[1, 0.7, 0.2], [1, 0.1, -0.2]]


def test_losses_stand_in_the_middle_of_their_stretch():
    ax = loss_by_position([0, 4, 8], {"rope": [[2.0, 4.0], [1.0, 1.0]]}, trained=4).axes[0]
    assert list(ax.lines[0].get_xdata()) == [2, 6] and list(ax.lines[0].get_ydata()) == [3, 1]
    assert list(ax.lines[1].get_xdata()) == [4, 4]
