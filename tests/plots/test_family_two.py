"""The pictures of lesson 21 show what they are given."""

import pytest

from minilora.plots.family_two import FAMILY, contest, family_shapes, rank_by_step, shapes, shares, spectra_of_shapes


def test_shapes_are_to_scale_and_what_is_trained_is_filled():
    ax = shapes([("one", [("B", 64, 4, "trained"), "*", ("U", 64, 32, "frozen")])], columns=1).axes[0]
    trained, frozen = ax.patches
    assert [(patch.get_width(), patch.get_height()) for patch in (trained, frozen)] == [(4, 64), (32, 64)]
    assert trained.get_facecolor() != frozen.get_facecolor()
    assert {"*", "B", "U"} <= {text.get_text() for text in ax.texts}


def test_every_method_of_the_family_has_its_panel():
    titles = [ax.get_title(loc="left") for ax in family_shapes().axes]
    assert titles == [name for name, _ in FAMILY]


def test_spectra_begin_at_one_and_end_at_the_rank():
    ax = spectra_of_shapes({"A": [4.0, 2.0], "B": [3.0, 3.0, 1.5]}).axes[0]
    curves = [line for line in ax.lines if len(line.get_xdata()) > 1]
    assert [line.get_ydata()[0] for line in curves] == [1, 1]
    assert [line.get_xdata()[-1] for line in curves] == [2, 3]
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == ["A: rank 2", "B: rank 3"]


def test_ranks_stand_over_their_steps_with_a_line_at_each_restart():
    ax = rank_by_step({"LoRA": [2, 2, 2, 2], "ReLoRA": [2, 2, 4, 4]}, r=2, every=2).axes[0]
    lora, relora, restart = ax.lines
    assert list(lora.get_ydata()) == [2, 2, 2, 2] and list(relora.get_ydata()) == pytest.approx([2.12, 2.12, 4.12, 4.12])
    assert restart.get_xdata()[0] == 2.5


def test_shares_have_a_dot_each_and_a_bar_at_the_mean():
    left, right = shares({"real": {"a": [0.2, 0.4], "b": [1.0]}, "random": {"a": [0.1], "b": [0.1]}}).axes
    assert [list(line.get_xdata()) for line in left.lines][:2] == [[0.2, 0.4], pytest.approx([0.3])]
    assert right.get_title() == "random"


def test_a_contest_has_a_mark_for_each_entry_at_its_mean():
    entries = [{"method": "lora", "size": "", "values": n, "losses": [1.0, 2.0, 3.0]} for n in (10, 20)]
    entries += [{"method": "galore", "size": "", "values": 90, "losses": [1.5]}]
    ax = contest(entries, base=4.0, beside=("galore",)).axes[0]
    assert [list(bar.lines[0].get_xdata()) for bar in ax.containers] == [[10, 20], [90]]
    assert list(ax.containers[0].lines[0].get_ydata()) == [2.0, 2.0]
    assert ax.containers[1].lines[0].get_markerfacecolor() == "white"


@pytest.mark.filterwarnings("error")
def test_a_contest_without_entries_is_an_empty_picture():
    assert contest([], base=float("nan")).axes[0].get_legend() is None
