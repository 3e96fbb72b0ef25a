"""The pictures of article D show what they are given."""

from minilora.plots import articles


def test_each_seed_has_its_floor_and_its_points():
    runs = {share: [{"loss": share + seed, "floor": share} for seed in (0, 1)] for share in (0.0, 0.5)}
    (ax,) = articles.floors([0.0, 0.5], runs).axes
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.0, 0.5], [0.0, 0.5], [0.0, 0.5], [1.0, 1.5]]


def test_ranks_are_means_over_seeds():
    found = {name: [[4, 4, 4], [8, 8, 11]] for name in "abcde"}
    (ax,) = articles.rank_growth(found, [25, 50]).axes
    assert len(ax.lines) == 5 and list(ax.lines[0].get_ydata()) == [4, 9]
