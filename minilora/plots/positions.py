"""Pictures of rotary positions: hands that turn, a score that depends on the distance, a loss at every position."""

import math

from matplotlib.patches import Circle

from minilora.plots.lines import LINES, band
from minilora.plots.style import COLOURS, new_figure


def hands(angles):
    """A clock for each position and pair, its hand turned by the angle.

    angles: rows, one for each position, of one angle for each pair, in radians.
    """
    T, pairs = len(angles), len(angles[0])
    with new_figure(figsize=(0.75 * T + 1, 0.75 * pairs + 0.8)) as (figure, ax):
        for t, row in enumerate(angles):
            for j, angle in enumerate(row):
                ax.add_patch(Circle((t, j), 0.4, fill=False, color=COLOURS["base"], lw=0.8))
                ax.plot([t, t + 0.4 * math.cos(angle)], [j, j - 0.4 * math.sin(angle)], color=COLOURS["lora"], lw=2)
        ax.set(xlim=(-0.6, T - 0.4), ylim=(pairs - 0.4, -0.6), aspect="equal", xlabel="position t", ylabel="pair j")
        ax.set_xticks(range(T))
        ax.set_yticks(range(pairs))
        ax.grid(False)
        return figure


def turning(cosines, scores):
    """On the left the cosine of every angle, a row for each pair; on the right the score of two equal vectors by their distance.

    cosines: (positions, pairs). scores: {label: scores}, one for each distance from 0.
    """
    with new_figure(1, 2, figsize=(9.5, 3.4)) as (figure, (left, right)):
        picture = left.imshow(list(zip(*cosines, strict=True)), cmap="gray", vmin=-1, vmax=1, aspect="auto", interpolation="none")
        left.set(xlabel="position t", ylabel="pair j", title="cosine of the angle")
        left.grid(False)
        figure.colorbar(picture, ax=left)
        for line, (label, row) in zip(LINES, scores.items(), strict=False):
            right.plot(range(len(row)), row, label=label, **{**line, "marker": None})
        right.axhline(0, color=COLOURS["base"], lw=0.8)
        right.set(xlabel="distance", ylabel="score / score at distance 0", title="two equal vectors, all pairs alike")
        right.legend(fontsize=9)
        for ax in (left, right):
            ax.title.set_fontsize(10)
        return figure


def loss_by_position(edges, losses, trained):
    """The mean loss in each stretch of positions, over seeds, with the range from the smallest to the largest.

    edges: where the stretches begin, and where the last one ends. losses: {label: rows}, a row for each stretch with a number for
    each seed. trained: the length of the sequences that the models learned from.
    """
    middles = [(a + b) / 2 for a, b in zip(edges, edges[1:], strict=False)]
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for line, (label, rows) in zip(LINES, losses.items(), strict=False):
            band(ax, middles, rows, line, label)
        ax.axvline(trained, color=COLOURS["base"], lw=1, ls=":")
        words = {"va": "top", "fontsize": 9, "color": COLOURS["base"]}
        ax.text(trained, 1.0, " trained up to here", transform=ax.get_xaxis_transform(), **words)
        ax.set(xlabel="position in the sequence", ylabel="loss (nats a character)", xlim=(0, edges[-1]))
        ax.legend()
        return figure
