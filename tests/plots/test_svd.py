"""The pictures of the decomposition show what they are given."""

import numpy as np
import pytest

from minilora.plots import svd


def test_the_circle_becomes_an_ellipse_and_a_segment():
    W, W_r = np.diag([3.0, 1.0]), np.diag([3.0, 0.0])
    circle, ellipse, segment = svd.ellipse(W, W_r, np.eye(2), np.eye(2), [3.0, 1.0]).axes
    assert max(circle.lines[0].get_xdata()) == 1 and max(ellipse.lines[0].get_xdata()) == 3
    assert max(ellipse.lines[0].get_ydata()) == pytest.approx(1) and set(segment.lines[0].get_ydata()) == {0.0}
    assert [len(ax.texts) for ax in (circle, ellipse, segment)] == [4, 4, 2]  # an arrow and its name each


def test_every_kind_has_its_histogram():
    axes = svd.competitors({"a": [1.0, 1.5, 2.0], "b": [1.0]}).axes
    assert [sum(patch.get_height() for patch in ax.patches) for ax in axes] == [3, 1]
    assert [ax.texts[0].get_text() for ax in axes] == ["a (3)", "b (1)"]


def test_images_stand_in_rows():
    axes = svd.images([{"one": np.zeros((2, 3)), "two": np.ones((2, 3))}, {"three": np.ones((2, 3))}]).axes
    assert [ax.get_title() for ax in axes] == ["one", "two", "three", ""] and axes[1].images[0].get_array().min() == 1


def test_the_landscape_is_a_grey_picture_that_is_not_of_low_rank():
    picture = svd.landscape(48, 72)
    assert picture.shape == (48, 72) and 0 <= picture.min() and picture.max() <= 1
    assert np.linalg.matrix_rank(picture) > 20
