"""The pictures of cost show what they are given."""

from minilora.plots import roofline


def test_the_roof_bends_at_the_ridge():
    ax = roofline.roof(100.0, 20.0, {"a": (1.0, [10.0, 20.0, 15.0])}, {"kind": ["a"]}).axes[0]
    assert list(ax.lines[0].get_data()[0]) == [0.5, 5.0, 10.0] and list(ax.lines[0].get_data()[1]) == [0.1, 1, 1]
    assert list(ax.lines[3].get_ydata()) == [0.15]


def test_scaling_is_relative_to_the_smallest():
    rows = {"time": [[2.0, 2.0, 9.0], [4.0, 6.0, 5.0]]}
    axes = roofline.scaling({"T": ([1, 2], rows), "C": ([1, 2], {"time": [[1.0], [1.0]]})}).axes
    assert axes[0].lines[0].get_ydata().tolist() == [1.0, 2.5] and axes[1].get_xlabel() == "C"


def test_bars_are_stacked():
    ax = roofline.bars({"one": {"weights": 2.0, "rest": 1.0}, "two": {"weights": 1.0}}, "GB").axes[0]
    assert [patch.get_width() for patch in ax.patches[:2]] == [2.0, 1.0] and ax.texts[0].get_text() == " 3.0"
