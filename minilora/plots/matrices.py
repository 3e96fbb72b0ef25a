"""Equations of matrices, every cell drawn to one scale, so that one sees how the shapes fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.patches import Rectangle

from minilora.plots.style import COLOURS, new_figure

GAP, MARGIN, LINE = 0.6, 1.1, 2.2  # in cells: around a sign; above and below a line of matrices; between two lines


@dataclass(frozen=True, eq=False)
class Matrix:
    """A grid with a name above it, the names of its axes beside it, and some cells marked.

    values         rows of numbers; a vector is one row.
    rows, columns  what an axis is called; "" for no label.
    marked         (row, column) of the cells to mark.
    """

    name: str
    values: Sequence
    rows: str = ""
    columns: str = ""
    marked: Sequence = ()

    @property
    def shape(self):
        """(rows, columns)"""
        return len(self.values), len(self.values[0])


def equations(*lines, cell=0.42):
    """One equation under another. A line is a sequence of Matrix and of signs ("=", "+"); `cell` is a cell's side in inches."""
    width = max(sum(map(_width, line)) for line in lines)
    heights = [max(part.shape[0] for part in line if isinstance(part, Matrix)) for line in lines]
    height = sum(heights) + LINE * (len(lines) - 1) + 2 * MARGIN
    with new_figure(figsize=(width * cell, height * cell)) as (figure, ax):
        top = MARGIN
        for line, tallest in zip(lines, heights, strict=True):
            _draw_line(ax, line, top + tallest / 2)
            top += tallest + LINE
        ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")  # rows count downwards, as in a matrix
        ax.set_axis_off()
        return figure


def _width(part):
    return GAP + part.shape[1] + GAP if isinstance(part, Matrix) else 1.0


def _draw_line(ax, line, middle):
    """One equation, its matrices centred on the height `middle`."""
    x = 0.0
    for part in line:
        if isinstance(part, Matrix):
            _draw_matrix(ax, part, x + GAP, middle - part.shape[0] / 2)
        else:
            ax.text(x + 0.5, middle, part, ha="center", va="center", fontsize=15)
        x += _width(part)


def _draw_matrix(ax, matrix, left, top):
    """The cells with their numbers, the name above, the axes' names below and at the left."""
    rows, columns = matrix.shape
    for i, row in enumerate(matrix.values):
        for j, value in enumerate(row):
            marked = (i, j) in matrix.marked
            ax.add_patch(Rectangle((left + j, top + i), 1, 1, fc="#F6CFB0" if marked else "white", ec="#999999", lw=0.8))
            look = {"fontsize": 11, "weight": "bold" if marked else "normal"}
            ax.text(left + j + 0.5, top + i + 0.5, f"{value:g}".replace("-", "−"), ha="center", va="center", **look)
    ax.add_patch(Rectangle((left, top), columns, rows, fc="none", ec="black", lw=1.6))
    ax.text(left + columns / 2, top - 0.15, matrix.name, ha="center", va="bottom", fontsize=13)
    ax.text(left + columns / 2, top + rows + 0.12, matrix.columns, ha="center", va="top", fontsize=9, color=COLOURS["base"])
    ax.text(left - 0.12, top + rows / 2, matrix.rows, ha="right", va="center", fontsize=9, color=COLOURS["base"], rotation=90)
