"""Pictures of how much of a change of weights is needed."""

from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.style import COLOURS, new_figure


def parts(ranks, gains, squares, lora=None):
    """Left: the share of the gain that a part of Delta W brings, against the rank at which it was cut. Right: of its squares.

    gains: {label: rows}, a row for each rank with a number for each seed. squares: rows likewise, for the first directions.
    lora: (rank, a number for each seed), LoRA's gain in the same units.
    """
    with new_figure(1, 2, figsize=(9.8, 3.9)) as (figure, (left, right)):
        for line, (label, rows) in zip(LINES, gains.items(), strict=False):
            band(left, ranks, rows, line, label)
        if lora:
            rank, values = lora
            star = {"color": COLOURS["base"], "ms": 11, "mfc": "none", "ls": "none"}
            left.plot([rank] * len(values), values, "*", label="LoRA, trained", **star)
        left.axhline(1, color=COLOURS["base"], ls=":", lw=1)
        left.set(ylabel="share of full tuning's gain", ylim=(0, 1.12))
        band(right, ranks, squares, LINES[0], "first r directions")
        right.set(ylabel=r"share of $\Vert\Delta W\Vert_F^2$", ylim=(0, 1.12))
        for ax in (left, right):
            power_axis(ax, ranks, "rank r of the cut")
        figure.legend(*left.get_legend_handles_labels(), fontsize=9, loc="outside lower center", ncol=len(gains) + bool(lora))
        return figure


def two_losses(runs, base):
    """What was learnt against what was forgotten: a mark for each seed and run. runs: {label: [(base text, target), ...]}."""
    with new_figure(figsize=(6.4, 4)) as (figure, ax):
        for line, (label, points) in zip(LINES, runs.items(), strict=False):
            x, y = zip(*points, strict=True)
            ax.plot(x, y, line["marker"], color=line["color"], ms=8, mfc="none", ls="none", label=label)
        ax.plot(*base, "k*", ms=13, ls="none", label="base")
        ax.set(xlabel="loss on the base's text (right: forgotten)", ylabel="loss on the target (down: learnt)")
        ax.legend(fontsize=9)
        return figure
