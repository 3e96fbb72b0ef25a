"""The pictures of lesson 00 show what they are given."""

from minilora.plots.reading import dots_by_seed, tag_map


def test_every_place_stands_around_the_tag():
    places = {"header": "(B2)  dW = ...", "code": "dW = ...", "lesson": "02", "check": "ok", "failure": "no", "exercise": "02a"}
    ax = tag_map("linear:B2", places).axes[0]
    texts = [text.get_text() for text in ax.texts if text.get_text()]
    assert set(texts) == {*places, *places.values(), "linear:B2"}
    left = {text.get_text() for text in ax.texts if text.get_position()[0] < 0}
    assert {"header", "code", "lesson"} <= left and "exercise" not in left


def test_a_dot_for_each_seed_and_a_bar_at_the_mean():
    ax = dots_by_seed({"4": [1.0, 3.0], "16": [0.5, 0.5, 2.0]}, ylabel="loss").axes[0]
    dots, bars = ax.lines[::2], ax.lines[1::2]
    assert [line.get_ydata().tolist() for line in dots] == [[1.0, 3.0], [0.5, 0.5, 2.0]]
    assert [line.get_ydata()[0] for line in bars] == [2.0, 1.0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["4", "16"]
