"""The pictures of a real model show what they are given."""

from minilora.plots import real_model


def noise(edge, count):
    return (0.1, edge, count)


def rows():
    return [
        {"name": f"blocks.{i}.{kind}", "values": [6.0, 2.0, 1.0], "count": 3, "shuffled values": [2.0, 1.0, 0.5],
         "shuffled": noise(2.0 + i, 1), "rounding": noise(0.5, 3)}
        for kind in ("attn.q", "mlp.up")
        for i in (0, 7)
    ]  # fmt: skip


def test_layouts_join_the_rows_of_a_point():
    figure = real_model.layouts({"file": [0, 1, 2, 3], "here": [0, 2, 1, 3]})
    first, second = figure.axes
    assert [ax.get_title() for ax in figure.axes] == ["file", "here"]
    arcs = [[patch for patch in ax.patches if hasattr(patch, "theta1")] for ax in (first, second)]
    assert [arc.get_width() for arc in arcs[0]] == [1, 1] and [arc.get_width() for arc in arcs[1]] == [2, 2]
    assert [text.get_text() for text in second.texts if len(text.get_text()) == 1] == ["0", "2", "1", "3"]


def test_spectra_are_over_the_edge_of_each_block():
    axes = real_model.spectra(rows()).axes
    assert [ax.get_title() for ax in axes[:2]] == ["attn.q", "mlp.up"] and not axes[2].axison
    first, second, shuffled, rounding = axes[0].lines
    assert first.get_ydata().tolist() == [3.0, 1.0, 0.5]
    assert second.get_ydata().tolist() == [6 / 9, 2 / 9, 1 / 9]
    assert shuffled.get_ydata().tolist() == [2 / 9, 1 / 9, 0.5 / 9]
    assert rounding.get_ydata()[0] == (0.5 / 2 + 0.5 / 9) / 2


def test_shares_beyond_by_block():
    attention, mlp = real_model.beyond(rows()).axes
    (line,) = attention.lines
    assert list(line.get_xdata()) == [0, 7] and list(line.get_ydata()) == [1 / 3, 1 / 3] and line.get_label() == "q"
    assert mlp.get_title() == "MLP" and mlp.lines[0].get_label() == "up"
    assert "rounding" in real_model.beyond(rows(), "rounding").axes[0].get_ylabel()


def test_the_change_beside_random_directions():
    found = [{"name": f"blocks.{i}.attn.q", "r": 8, "own": 3.0, "weights": 12.0, "random": 1.5} for i in (0, 5)]
    (ax,) = real_model.changed(found).axes
    own, change = ax.lines[:2]
    assert list(own.get_ydata()) == [8, 8] and list(change.get_ydata()) == [2, 2] and list(change.get_xdata()) == [0, 5]
    assert "8 directions" in ax.get_ylabel()


def test_a_run_before_and_after():
    (ax,) = real_model.adaptation([{"seed": 4, "losses": [3.0, 2.0], "before": 3.5, "after": 2.5}]).axes
    steps, held_out = ax.lines
    assert list(steps.get_ydata()) == [3.0, 2.0]
    assert list(held_out.get_xdata()) == [0, 2] and list(held_out.get_ydata()) == [3.5, 2.5]
    assert held_out.get_label() == "held out, seed 4"
