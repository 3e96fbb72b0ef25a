"""The pictures of subspaces show what they are given."""

from minilora.plots import subspaces


def test_maps_and_chance_in_one_scale():
    grid = [[1.0, 0.5, 0.2], [0.4, 0.3, 0.2]]
    axes = subspaces.similarity_maps({"q": {"A": grid, "B": grid}}, random=[[0.1, 0.2, 0.3]] * 2).axes
    assert axes[0].get_title() == "q\nA" and axes[2].images[0].get_array().tolist()[0] == [0.1, 0.2, 0.3]
    assert {ax.images[0].get_clim() for ax in axes[:3]} == {(0, 0.6)}


def test_losses_are_means_beside_a_level():
    ax = subspaces.rank_losses([1, 2], [[3.0, 5.0], [2.0, 2.0]], full=[1.0, 2.0]).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [4.0, 2.0] and ax.lines[1].get_ydata()[0] == 1.5
