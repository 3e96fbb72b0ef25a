"""The pictures of lesson 26 show what they are given."""

from minilora.plots.mistakes import COLUMNS, catches, portraits


def test_a_portrait_has_a_dot_for_each_entry_and_the_diagonal():
    figure = portraits({"right": ([1.0, -2.0], [1.0, -2.0]), "sign": ([1.0, -2.0], [-1.0, 2.0])})
    right, sign, *spare = figure.axes
    assert sign.collections[0].get_offsets().tolist() == [[1.0, -1.0], [-2.0, 2.0]]
    assert right.lines[0].get_xdata().tolist() == right.lines[0].get_ydata().tolist()
    assert [ax.get_title() for ax in (right, sign)] == ["right", "sign"]
    assert len(spare) == COLUMNS - 2 and not any(ax.axison for ax in spare)


def test_the_grid_says_what_each_test_does_with_each_mistake():
    ax = catches(["transposed", "twice"], ["shapes", "check"], [[True, True], [False, None]]).axes[0]
    cells = {tuple(map(int, text.get_position())): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "caught", (1, 0): "caught", (0, 1): "passes", (1, 1): ""}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["shapes", "check"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["transposed", "twice"]
