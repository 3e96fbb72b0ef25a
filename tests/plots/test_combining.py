"""The pictures of lesson 18 show what they are given."""

from minilora.plots.combining import blocks, errors_by_rank


def test_every_product_has_its_norm_and_the_wanted_ones_a_frame():
    products = {(i, j): [[3.0, 0.0], [0.0, 4.0 * (i == j)]] for i in ("one", "two") for j in ("one", "two")}
    axes = blocks(["one", "two"], products).axes
    assert [ax.get_title() for ax in axes] == ["norm 5.00", "norm 3.00", "norm 3.00", "norm 5.00"]
    assert [ax.spines["left"].get_visible() for ax in axes] == [True, False, False, True]


def test_the_points_stand_beside_the_curve():
    ax = errors_by_rank([1, 2], [0.5, 0.0], {"linear": (1, 0.9), "cat": (2, 0.0)}).axes[0]
    curve, linear, cat = ax.lines
    assert curve.get_ydata().tolist() == [0.5, 0.0]
    assert (linear.get_xdata()[0], linear.get_ydata()[0]) == (1, 0.9) and cat.get_ydata()[0] == 0
