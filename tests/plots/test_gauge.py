"""The pictures of gauges show what they are given."""

from minilora.plots import gauge


def test_the_valley_and_its_paths():
    a, b = [0.5, 1.0, 2.0], [-1.0, 0.5, 1.0, 2.0]
    losses = [[(x * y - 1) ** 2 for x in a] for y in b]
    ax = gauge.valley(a, b, losses, 1.0, {"one": [(1, 0), (1, 1)], "two": [(2, 0), (2, 0.5)]}).axes[0]
    assert list(zip(*ax.lines[0].get_data(), strict=True)) == [(2, 0.5), (1, 1), (0.5, 2)]
    assert ax.lines[1].get_ydata().tolist() == [0, 1]


def test_drifts_are_means_over_seeds():
    ax = gauge.drifts({"SGD": ([0, 0.5, 1], [[0, 1.0, 2.0], [0, 3.0, 4.0]])}).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [2.0, 3.0] and ax.get_yscale() == "log"
