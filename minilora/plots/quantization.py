"""Pictures of lesson 22: where levels lie, which error a bit buys, what rounding does to a loss."""

import math
from itertools import pairwise

from minilora.plots.lines import LINES, band
from minilora.plots.style import COLOURS, new_figure


def normality(groups):
    """Weights divided by their standard deviation, as step lines over the normal density. groups: {label: numbers}."""
    edges = [-4.5 + 0.15 * i for i in range(61)]
    with new_figure(1, 2, figsize=(7.7, 3.4)) as (figure, axes):
        for ax, scale in zip(axes, ("linear", "log"), strict=True):
            for line, (label, numbers) in zip(LINES, groups.items(), strict=False):
                look = {"color": line["color"], "ls": line["ls"], "lw": 1.4}
                ax.hist(numbers, edges, density=True, histtype="step", label=label, **look)
            x = [-4.5 + 0.05 * i for i in range(181)]
            ax.plot(x, [math.exp(-v * v / 2) / math.sqrt(2 * math.pi) for v in x], "k-", lw=1, label="normal")
            ax.set(xlabel="weight / standard deviation", yscale=scale)
            if scale == "log":
                ax.set_ylim(1e-5, 1)
        axes[0].set_ylabel("density")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        axes[1].set_title("the same, logarithmic: the tails", fontsize=10)
        return figure


def levels(values, families):
    """Levels as strokes under the histogram of what is rounded to them, w / a in [-1, 1].

    values: numbers. families: {label: levels}, each rising. A block's largest value lies at -1 or 1 by construction.
    """
    with new_figure(1 + len(families), 1, figsize=(7.2, 2.6 + 0.55 * len(families)), sharex=True,
                    height_ratios=[4, *[1] * len(families)]) as (figure, (top, *rows)):  # fmt: skip
        top.hist(values, [-1 + i / 50 for i in range(101)], density=True, color=COLOURS["init"])
        top.set(ylabel="density of w / a", xlim=(-1.04, 1.04))
        for ax, line, (label, numbers) in zip(rows, LINES, families.items(), strict=False):
            ax.vlines(numbers, 0, 1, color=line["color"], lw=2)
            ax.vlines([(a + b) / 2 for a, b in pairwise(numbers)], 0, 0.35, color=COLOURS["base"], lw=0.7)
            ax.set_yticks([])
            ax.set_ylabel(label, rotation=0, ha="right", va="center")
            ax.grid(False)
        rows[-1].set_xlabel("w / a     (long: levels; short: where one ends and the next begins)")
        return figure


def error_against_bits(families):
    """Relative error against the memory of a value. families: {label: [(bits, error, block), ...]}, a line for each."""
    with new_figure(figsize=(6.8, 4.0)) as (figure, ax):
        for i, (line, (label, points)) in enumerate(zip(LINES, families.items(), strict=False)):
            beside = {"xytext": (-4, -5), "ha": "right", "va": "top"} if i % 2 == 0 else {"xytext": (4, 4)}  # no two in one place
            beside |= {"textcoords": "offset points", "bbox": {"fc": "white", "ec": "none", "pad": 0.5}}
            ax.plot([p[0] for p in points], [p[1] for p in points], ms=5, label=label, **line)
            for bits, error, block in points:
                ax.annotate(str(block), (bits, error), color=line["color"], **beside)
        ax.margins(x=0.08)
        ax.set(xlabel="bits a value, scales included (numbers: values to a block)", ylabel="RMSE / standard deviation")
        ax.legend()
        return figure


def losses(bars, base, xlabel):
    """A bar for each way of rounding, as far as its loss is above that of the model in full. bars: {label: loss}."""
    with new_figure(figsize=(7.2, 0.34 * len(bars) + 1.0)) as (figure, ax):
        above = [loss - base for loss in bars.values()]
        ax.barh(range(len(bars)), above, color=COLOURS["full"], height=0.6)
        for i, value in enumerate(above):
            ax.text(max(value, 0), i, f" {value:+.4f}", va="center")
        ax.set_yticks(range(len(bars)), list(bars))
        ax.set_xlim(min(0, *above) * 1.1, max(above) * 1.2)
        ax.invert_yaxis()
        ax.set_xlabel(xlabel)
        return figure


def gaps(steps, panels):
    """How far a rounded model's loss stays above that of the model in full while both are trained alike.

    steps: {title: when}. panels: {title: {label: rows}}, a row for each of these steps with a number for each seed.
    """
    with new_figure(1, len(panels), figsize=(3.85 * len(panels), 3.4), squeeze=False) as (figure, axes):
        for ax, (title, curves) in zip(axes[0], panels.items(), strict=True):
            for line, (label, rows) in zip(LINES, curves.items(), strict=False):
                band(ax, steps[title], rows, line, label)
            ax.axhline(0, color=COLOURS["base"], lw=1, ls=":")
            ax.set_title(title, fontsize=10)
            ax.set_xlabel("step")
            ax.legend()
        axes[0][0].set_ylabel("loss above the model in full (nats)")
        return figure
