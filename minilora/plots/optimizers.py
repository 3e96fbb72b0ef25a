"""Pictures of optimisers: paths through a valley, quantities that change with the step, losses against the rate."""

import numpy as np

from minilora.plots.lines import LINES, band
from minilora.plots.style import COLOURS, new_figure


def valley_paths(eigenvalues, paths):
    """The paths of optimisers on the loss (a x^2 + b y^2) / 2, one panel each, over its lines of equal loss.

    eigenvalues: (a, b). paths: {title: points}, points an array (steps + 1, 2); what leaves the frame is cut off.
    """
    a, b = eigenvalues
    starts = np.array([points[0] for points in paths.values()])
    width, height = 1.25 * np.abs(starts).max(axis=0)
    x, y = np.meshgrid(np.linspace(-width, width, 121), np.linspace(-height, height, 81))
    loss = (a * x * x + b * y * y) / 2
    levels = loss.max() * np.linspace(0, 1, 12) ** 2
    rows = (len(paths) + 1) // 2
    with new_figure(rows, 2, figsize=(8.4, 2.3 * rows), sharex=True, sharey=True, squeeze=False) as (figure, axes):
        for ax, (title, points) in zip(axes.flat, paths.items(), strict=False):
            ax.contour(x, y, loss, levels=levels, colors=COLOURS["init"], linewidths=0.7)
            ax.plot(*np.asarray(points).T, "o-", color=COLOURS["full"], ms=3, lw=1)
            ax.plot(*points[0], "s", color=COLOURS["base"], ms=6)
            ax.plot(0, 0, "*", color=COLOURS["lora"], ms=11)
            ax.set(xlim=(-width, width), ylim=(-height, height))
            ax.set_title(title, fontsize=10)
            ax.grid(False)
        for ax in axes.flat[len(paths) :]:
            ax.set_axis_off()
        return figure


def curves(x, values, xlabel, ylabel, log=False, level=None):
    """Lines over one axis. values: {label: y}. log: a logarithmic x. level: (value, name) of a line across."""
    with new_figure(figsize=(8.4, 3.2)) as (figure, ax):
        for line, (label, y) in zip(LINES, values.items(), strict=False):
            ax.plot(x, y, label=label, color=line["color"], ls=line["ls"])
        if level:
            ax.axhline(level[0], color=COLOURS["base"], lw=0.8)
            ax.text(x[-1], level[0], level[1], ha="right", va="bottom", fontsize=9, color=COLOURS["base"])
        ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(0, None))
        if log:
            ax.set_xscale("log")
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
        return figure


def rate_sweep(results, ylabel, uniform):
    """The last losses against the rate, a line for each optimiser: mean over seeds, range, and crosses where a run diverged.

    results: {label: {rate: losses}}, a loss for each seed, infinite or NaN for a run that diverged. uniform: the loss of
    a guess that knows nothing, drawn as a line; a higher loss counts as diverged.
    """
    with new_figure(figsize=(7.4, 3.8)) as (figure, ax):
        for line, (label, losses), top in zip(LINES, results.items(), (1.04, 1.06, 1.08, 1.1), strict=False):
            good = {rate: row for rate, row in losses.items() if max(row) <= uniform}  # NaN is not
            band(ax, list(good), list(good.values()), line, label)
            lost = [rate for rate in losses if rate not in good]
            ax.plot(lost, [top * uniform] * len(lost), "x", color=line["color"], ms=7)
        ax.axhline(uniform, color=COLOURS["base"], lw=1, ls=":")
        ax.annotate("uniform guess; crosses: diverged", (0, uniform), (2, -3), xycoords=("axes fraction", "data"),
                    textcoords="offset points", ha="left", va="top", fontsize=9, color=COLOURS["base"])  # fmt: skip
        ax.set(xscale="log", xlabel="learning rate", ylabel=ylabel, ylim=(None, 1.12 * uniform))
        ax.legend(loc="center right")
        return figure
