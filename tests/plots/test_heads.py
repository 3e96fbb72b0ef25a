"""The pictures of lesson 08 show what they are given."""

import numpy as np

from minilora.plots.heads import captured_shares, head_grid, head_numbers

WEIGHTS = {(layer, head): np.tril(np.full((3, 3), 0.1 * (layer + head + 1))) for layer in range(2) for head in range(3)}


def test_each_head_has_its_map_in_its_row_and_column():
    axes = head_grid(WEIGHTS, "a b", marked=[(1, 2)]).axes
    assert [ax.get_title() for ax in axes] == [f"layer {layer}, head {head}" for layer, head in WEIGHTS]
    for ax, P in zip(axes, WEIGHTS.values(), strict=True):
        assert np.array_equal(ax.images[0].get_array(), P)
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["a", "_", "b"]
    assert axes[-1].spines["top"].get_linewidth() > axes[0].spines["top"].get_linewidth()


def test_numbers_stand_at_their_layer_and_head():
    (ax,) = head_numbers({"cost": {index: P[0, 0] for index, P in WEIGHTS.items()}}).axes
    shown = {tuple(map(int, text.get_position())): text.get_text() for text in ax.texts}
    assert shown == {(head, layer): f"{0.1 * (layer + head + 1):.2f}" for layer, head in WEIGHTS}


def test_shares_are_drawn_against_their_numbers():
    (ax,) = captured_shares({"apart": ([600, 1200], [[0.2, 0.4], [0.5, 0.7]])}, full=49152).axes
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[600, 0.3], [1200, 0.6]])
    assert "49,152" in ax.get_xlabel()
