"""Pictures of what a singular value decomposition does: to a circle, to an image, and against all competitors."""

import math

import numpy as np

from minilora.plots.style import COLOURS, new_figure

POINTS = 181  # of a circle
ARROW = {"arrowstyle": "-|>", "lw": 2, "shrinkA": 0, "shrinkB": 0}


def ellipse(W, W_r, V, U, sigma):
    """The unit circle, what W (2, 2) makes of it, and what W_r, of rank 1, does; with the singular vectors as arrows.

    V and U hold the singular vectors as columns, sigma their two values.
    """
    angles = [2 * math.pi * i / (POINTS - 1) for i in range(POINTS)]
    circle = [(math.cos(t), math.sin(t)) for t in angles]
    sides = [[(V[0][i], V[1][i]) for i in (0, 1)], [(sigma[i] * U[0][i], sigma[i] * U[1][i]) for i in (0, 1)]]
    titles = ("all x of length 1", "W x: an ellipse", "W x cut to rank 1: a segment")
    names = (("$v_1$", "$v_2$"), (r"$\sigma_1 u_1$", r"$\sigma_2 u_2$"), (r"$\sigma_1 u_1$",))
    with new_figure(1, 3, figsize=(9.6, 3.5)) as (figure, axes):
        for ax, title, labels, M, arrows in zip(axes, titles, names, (None, W, W_r), (*sides, sides[1][:1]), strict=True):
            points = circle if M is None else [_times(M, x) for x in circle]
            ax.plot(*zip(*points, strict=True), color=COLOURS["base"], lw=1.4)
            reach = 1.25 * max(max(map(abs, point)) for point in points)
            for (x, y), label, colour in zip(arrows, labels, (COLOURS["full"], COLOURS["lora"]), strict=False):
                ax.annotate("", (x, y), (0, 0), arrowprops={**ARROW, "color": colour})
                ax.text(x + math.copysign(0.05 * reach, x), y, label, ha="left" if x > 0 else "right", fontsize=11, color=colour)
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
            ax.set_title(title, fontsize=10)
        return figure


def competitors(errors):
    """Histograms, one under another: {kind: errors of many matrices of rank r, over the least error that there can be}."""
    last = max(max(values) for values in errors.values())
    bins = [1 + (last - 1) * i / 60 for i in range(61)]
    with new_figure(len(errors), 1, figsize=(7, 1.15 * len(errors) + 0.4), sharex=True) as (figure, axes):
        for ax, (kind, values) in zip(axes, errors.items(), strict=True):
            ax.hist(values, bins, color=COLOURS["full"], alpha=0.7)
            ax.axvline(1, color="black", ls=":", lw=1.2)
            ax.set_yticks([])
            ax.set_ylim(top=1.4 * ax.get_ylim()[1])  # room for the name
            ax.text(0.07, 0.97, f"{kind} ({len(values):,})", va="top", fontsize=9, transform=ax.transAxes)
            ax.spines["left"].set_visible(False)
        axes[-1].set_xlabel("error / least error   (dotted: Eckart and Young's bound)")
        return figure


def landscape(height=96, width=144):
    """A grey picture made by a formula, of 0 to 1: a sky, a sun, two lines of hills, and water."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1.5 : width * 1j]
    picture = 0.9 - 0.5 * y
    picture[(x - 1.05) ** 2 + (y - 0.25) ** 2 < 0.012] = 1.0  # the sun
    picture[y > 0.45 + 0.08 * np.sin(7 * x) + 0.03 * np.sin(23 * x)] = 0.35  # hills
    picture[y > 0.58 + 0.06 * np.sin(5 * x + 2)] = 0.15
    water = 0.45 + 0.25 * np.sin(60 * y) * np.cos(9 * x * y)
    return np.where(y > 0.72, water, picture)


def images(rows):
    """Grey pictures in a grid: a list of rows, each {title: array (height, width) of 0 to 1}."""
    columns = max(map(len, rows))
    height, width = next(iter(rows[0].values())).shape
    with new_figure(len(rows), columns, figsize=(2.25 * columns, (2.25 * height / width + 0.3) * len(rows)), squeeze=False) as (
        figure,
        axes,
    ):
        for line, row in zip(axes, rows, strict=True):
            for ax in line:
                ax.set_axis_off()
            for ax, (title, picture) in zip(line, row.items(), strict=False):
                ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
                ax.set_title(title, fontsize=9)
        return figure


def _times(M, x):
    return tuple(row[0] * x[0] + row[1] * x[1] for row in M)
