"""One look for every picture: colours that stay apart for colour-blind eyes, light axes, room for labels."""

import io
from contextlib import contextmanager
from pathlib import Path

import matplotlib.pyplot as plt

from minilora import files

COLOURS = {"base": "#555555", "full": "#0072B2", "lora": "#D55E00", "init": "#BBBBBB", "extra": "#009E73"}

LOOK = {
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "font.size": 10,
    "legend.frameon": False,
    "svg.hashsalt": "minilora",
}


@contextmanager
def new_figure(*args, **kwargs):
    """`plt.subplots` in the common look; the figure is closed for pyplot afterwards, so that it is shown once."""
    with plt.rc_context(LOOK):
        figure, axes = plt.subplots(*args, **kwargs)
        yield figure, axes
        plt.close(figure)


def save(figure, path):
    """Write a figure as PNG, SVG or PDF, by the path's ending. ValueError for another; files.FileError if it fails."""
    picture = io.BytesIO()
    figure.savefig(picture, format=Path(path).suffix.removeprefix(".") or "png", dpi=110)
    files.atomic_write(path, picture.getvalue())
