"""The pictures of lesson 11 show what they are given."""

from minilora.plots.language import candidate_bars, losses_and_baselines, shifted_window, shown, tokens_read


def test_under_each_input_stands_its_target():
    texts = [text.get_text() for text in shifted_window("a b\n").axes[0].texts if text.get_text()]
    assert texts == ["a", "␣", "␣", "b", "b", "\\n", "inputs", "targets"]
    assert shown("x") == "x"


def test_baselines_are_named_with_their_loss():
    many = (range(100), [4.0] * 100)
    ax = losses_and_baselines({"batch": many, "held out": ([0, 50], [4.5, 3.0])}, {"uniform": 4.574, "bigram": 2.5}).axes[0]
    assert [text.get_text() for text in ax.texts] == ["uniform 4.57", "bigram 2.50"]
    assert ax.lines[0].get_marker() == "None" and ax.lines[1].get_marker() == "s"
    assert ax.get_ylim()[1] > 4.574


def test_candidates_that_are_cut_off_are_crossed():
    figure = candidate_bars({"top_k": (["a", " ", "c"], [0.7, 0.3, 0.0])}, first=3)
    ax = figure.axes[0]
    assert [bar.get_height() for bar in ax.patches] == [0.7, 0.3, 0.0]
    assert [text.get_text() for text in ax.texts] == ["×"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "␣", "c"]


def test_the_tokens_read_are_counted_from_one():
    ax = tokens_read({"with": [8, 1, 1], "without": [8, 9, 10]}, block_size=16).axes[0]
    assert ax.lines[1].get_xydata().tolist() == [[1, 8], [2, 9], [3, 10]]
