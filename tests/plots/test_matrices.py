"""The picture of an equation shows every number, marks the cells that it is told to, and keeps one scale."""

from matplotlib.patches import Rectangle

from minilora.plots.matrices import Matrix, equations

A = Matrix("$A$", [[1, -2, 3], [4, 5, 6]], "rows", "in", marked=[(1, 2)])
B = Matrix("$B$", [[7]])


def cells(figure):
    """{text of a number: (x, y) of its middle}"""
    return {text.get_text(): text.get_position() for text in figure.axes[0].texts}


def test_numbers_stand_in_their_places():
    places = cells(equations([A, "=", B]))
    assert {"1", "−2", "3", "4", "5", "6", "7", "=", "$A$", "$B$", "rows", "in"} <= set(places)
    (x1, y1), (x3, y3), (x6, y6) = places["1"], places["3"], places["6"]
    assert (x3 - x1, y3 - y1) == (2, 0) and (x6 - x3, y6 - y3) == (0, 1)
    assert places["4"][0] < places["="][0] < places["7"][0]


def test_only_the_marked_cell_is_coloured():
    ax = equations([A, "=", B]).axes[0]
    plain = {(1, 1, 1), (0, 0, 0)}  # white, and the frame, which has no face
    coloured = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_facecolor()[:3] not in plain]
    x, y = cells(ax.figure)["6"]
    assert [(patch.get_x() + 0.5, patch.get_y() + 0.5) for patch in coloured] == [(x, y)]


def test_lines_do_not_overlap_and_fit_on_the_page():
    figure = equations([A, "=", B], [B, "+", A])
    ax = figure.axes[0]
    squares = {(patch.get_x(), patch.get_y()) for patch in ax.patches if patch.get_width() == patch.get_height() == 1}
    assert len(squares) == 14
    assert all(0 <= x <= ax.get_xlim()[1] - 1 and 0 <= y <= ax.get_ylim()[0] - 1 for x, y in squares)
