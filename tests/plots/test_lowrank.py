"""The pictures of the analyses show what they are given."""

import pytest

from minilora.plots import lowrank
from minilora.plots.lowrank_runs import change, forgetting, gauge, intrinsic_dimension, intruders, rank, which_weights


def test_the_tail_and_the_sketches():
    data = {
        "tails": [{"name": "blocks.0.attn.q", "exact": [0.9, 0.9], "measured": [0.9, 0.9]}]
        + [{"name": "blocks.1.attn.q", "exact": [0.5, 0.0], "measured": [0.5, 0.0]}],
        "sketches": [{"rank": r, "passes": q, "ratios": [1.0 + r, 3.0 + r], "bound": 9.0} for q in (0, 2) for r in (1, 2)],
    }
    left, right = lowrank.eckart_young(data).axes
    assert [line.get_ydata().tolist() for line in left.lines] == [[0.5, 0.0], [0.5]]  # the last block alone
    assert right.lines[0].get_ydata().tolist() == [3.0, 4.0] and right.lines[1].get_ydata().tolist() == [9.0, 9.0]


def test_the_density_has_the_height_of_the_histogram():
    def noise(edge, count):
        return {"s": [0.0, 1.0], "density": [0.5, 0.25], "edge": edge, "count": count}

    parts = {"initial": noise(3.2, 0), "trained": noise(1.5, 1)}
    row = {"name": "blocks.0.attn.q", "before": [1.0, 0.5], "after": [2.4, 0.5, 0.4], "noise": parts}
    above, below = lowrank.spectra({"matrices": [row]}).axes
    assert above.lines[0].get_ydata().tolist() == pytest.approx([2 * 0.2 * 0.5, 2 * 0.2 * 0.25])  # count, width, density
    assert below.lines[0].get_ydata().tolist() == pytest.approx([3 * 0.15 * 0.5, 3 * 0.15 * 0.25])
    assert [sum(patch.get_height() for patch in ax.patches) for ax in (above, below)] == [2, 3]
    assert below.get_title() == "attn.q, trained\n1 beyond noise" and below.lines[1].get_xdata()[0] == 1.5


def test_a_panel_for_each_kind():
    curve = [{"rank": 1, "loss": 3.0}, {"rank": 2, "loss": 2.0}]
    curves = {"plain": curve, "fisher": curve, "activation": curve}
    axes = lowrank.truncation({"uncut": 2.0, "curves": {"all": curves, "attn.q": curves}}).axes
    assert [ax.get_title() for ax in axes[:2]] == ["all matrices", "attn.q"] and len(axes[0].lines) == 4
    assert axes[1].lines[2].get_ydata().tolist() == [3.0, 2.0]


def test_maps_are_upright():
    grid = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    comparisons = dict.fromkeys(("ranks", "seeds", "ranks of Delta W", "seeds of Delta W", "random"), grid)
    figure = lowrank.subspaces({"ranks": [2, 3], "grids": {"blocks.0.attn.q": comparisons}})
    ax = figure.axes[0]
    assert ax.images[0].get_array().tolist() == grid and ax.images[0].get_extent() == [0.5, 3.5, 2.5, 0.5]
    assert ax.get_title() == "attn.q  A: r = 2 and 3" and ax.images[0].get_clim() == (0, 1)


def test_bars_are_means_over_the_blocks():
    def row(run, block, own):
        return {"run": run, "r": 4, "name": f"blocks.{block}.attn.q", "own": own, "weights": 3.0, "random": 0.5, "factor": 2.0}

    data = {"rows": [row("LoRA", 0, 1.0), row("LoRA", 1, 2.0), row("full tuning", 0, 9.0)]}
    bars, factors = lowrank.amplification(data).axes
    assert [patch.get_height() for patch in bars.patches] == [3.0, 1.5, 0.5]
    assert [text.get_text() for text in factors.get_legend().get_texts()] == ["LoRA, r = 4", "full tuning, r = 4"]


def test_accuracy_and_points():
    points = {"a": [[0.0, 1.0]], "b": [[2.0, 3.0]]}
    accuracy = {"PCA": [{"k": 1, "values": [0.4]}, {"k": 2, "values": [0.6]}], "LDA": [{"k": 1, "values": [0.8]}]}
    data = {"classes": ["a", "b"], "ks": [1, 2], "points": {"PCA": points, "LDA": points}, "accuracy": accuracy}
    first, _, right = lowrank.features(data).axes
    assert first.lines[1].get_xydata().tolist() == [[2.0, 3.0]]
    assert right.lines[0].get_ydata().tolist() == [0.4, 0.6] and right.lines[2].get_ydata()[0] == 0.5  # chance


def test_the_change_is_a_mean_over_seeds():
    rows = [[{"effective_rank": 4.0 + i, "energy_rank": 3, "stable_rank": 2.0, "top": [4, 3, 2, 1]}] * 2 for i in (0, 2)]
    left, right = change({"steps": [1, 2], "largest": 8, "runs": rows}).axes
    assert left.lines[0].get_ydata().tolist() == [5.0, 5.0] and right.lines[3].get_ydata().tolist() == [1, 1]


def test_bars_show_what_is_gained():
    ax = which_weights({"base": 3.0, "cases": {"q": {"values": 1000, "losses": [1.0, 2.0]}}}).axes[0]
    assert ax.patches[0].get_width() == 1.5 and ax.lines[0].get_xdata().tolist() == [2.0, 1.0]
    assert ax.get_yticklabels()[0].get_text() == "q   (1,000)"


def test_the_rank_stands_beside_full_tuning():
    data = {"ranks": [1, 2], "full": [1.0, 1.2], "losses": {"q, v": [[2.0, 2.2], [1.8, 2.0]], "all": [[1.5, 1.5], [1.4, 1.4]]}}
    ax = rank(data).axes[0]
    assert [line.get_ydata()[0] for line in ax.lines] == pytest.approx([2.1, 1.5, 1.1])


def test_a_share_of_the_gain():
    rows = [{"d": 2, "loss": 2.5}, {"d": 4, "loss": 1.5}]
    data = {"share": 0.9, "base": 3.0, "full": [1.0], "D": 8, "rows": rows, "lora": {"values": 4, "loss": 1.0}}
    ax = intrinsic_dimension(data).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [0.25, 0.75] and list(ax.lines[1].get_ydata()) == [1.0]


def test_intruders_below_a_threshold():
    runs = {"full tuning": {"cosines": [[0.9, 0.3], [0.5, 0.7]]}}
    left, right = intruders({"eps": 0.5, "random": 0.2, "runs": runs}).axes
    assert left.lines[0].get_ydata().tolist() == pytest.approx([0.6, 0.6])
    counted = dict(zip(right.lines[0].get_xdata(), right.lines[0].get_ydata(), strict=True))
    assert (counted[0.2], counted[0.6], counted[1.0]) == (0, 1.0, 2)


def test_paths_start_at_the_star():
    path = [{"base": 1.0, "target": 2.0}, {"base": 1.5, "target": 1.0}]
    ax = forgetting({"level": 1.2, "paths": {"full, rate 1": path, "LoRA r1": path}}).axes[0]
    assert ax.lines[0].get_xydata().tolist() == [[1.0, 2.0], [1.5, 1.0]] and list(ax.lines[2].get_xdata()) == [1.0]
    assert ax.lines[0].get_color() != ax.lines[1].get_color()


def test_gauges_and_drift():
    row = {"size_of_step": 2.0, "next_step": 0.5, "same_product": 1e-15}
    data = {"gauges": {"as trained": row, "R": row}, "drift": {"SGD": {"share": [0, 0.5, 1], "drift": [0.0, 0.1, 0.2]}}}
    left, right = gauge(data).axes
    assert [patch.get_height() for patch in left.patches] == [2.0, 2.0] and right.lines[0].get_ydata().tolist() == [0.1, 0.2]
