"""The pictures of lesson 17 show what they are given."""

import pytest

from minilora.plots.costs import losses_by_case, memory_bars, time_against_count


def test_bars_add_up():
    parts = {"weights": 4e6, "gradients": 1e6, "moments": 2e6, "activations": 5e6}
    one, two = memory_bars({"N = 1": {"full": parts, "LoRA": parts}, "N = 2": {"full": parts, "LoRA": parts}}).axes
    assert [bar.get_width() for bar in one.patches[:4]] == [4, 1, 2, 5]
    assert {text.get_text() for text in one.texts} == {" 12.0"} and two.get_title() == "N = 2"


def test_count_and_median_stand_side_by_side():
    ax = time_against_count({"full": 1.0, "LoRA": 0.8}, {"full": [1.0, 1.0, 1.0], "LoRA": [0.7, 0.9, 1.4]}).axes[0]
    assert ax.lines[3].get_xdata().tolist() == [0.7, 0.9, 1.4]
    assert [float(line.get_xdata()[0]) for line in ax.lines[4:6]] == [0.9, 0.8]


def test_each_case_has_its_seeds_and_its_mean():
    ax = losses_by_case({"q r8": [2.0, 2.2], "mlp up r3": [1.9, 1.9]}, {"q r8": 8192, "mlp up r3": 7680}, before=2.5).axes[0]
    assert ax.lines[1].get_xdata()[0] == pytest.approx(2.1)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["q r8  (8,192)", "mlp up r3  (7,680)"]
