"""The pictures of a change's parts show what they are given."""

import numpy as np
import pytest

from minilora.plots import low_rank_change


def test_a_line_for_each_part_and_a_star_for_each_seed():
    gains = {"first r": [[0.2, 0.4], [0.9, 1.1]], "the rest": [[0.8, 0.8], [0.1, 0.1]]}
    left, right = low_rank_change.parts([1, 4], gains, [[0.1, 0.1], [0.6, 0.8]], (4, [0.9, 0.95])).axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), [0.3, 1.0])
    assert left.lines[2].get_ydata().tolist() == [0.9, 0.95]
    assert right.lines[0].get_ydata() == pytest.approx([0.1, 0.7])


def test_a_mark_for_each_seed():
    ax = low_rank_change.two_losses({"full": [(1.0, 2.0), (1.1, 2.1)]}, (0.5, 3.0)).axes[0]
    assert ax.lines[0].get_xdata().tolist() == [1.0, 1.1] and ax.lines[1].get_ydata().tolist() == [3.0]
