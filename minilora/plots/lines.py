"""Lines with a spread: the mean over seeds, and a band from the smallest to the largest."""

from minilora.plots.style import COLOURS, new_figure

LINES = (  # told apart without colour, too
    {"color": COLOURS["full"], "ls": "-", "marker": "o"},
    {"color": COLOURS["lora"], "ls": "--", "marker": "s"},
    {"color": COLOURS["extra"], "ls": "-.", "marker": "^"},
    {"color": COLOURS["base"], "ls": ":", "marker": "D"},
)


def band(ax, x, rows, line, label):
    """A line through the means of the rows and a band over their range. rows: one for each x, a number for each seed."""
    ax.plot(x, [sum(row) / len(row) for row in rows], ms=5, label=label, **line)
    ax.fill_between(x, [min(row) for row in rows], [max(row) for row in rows], color=line["color"], alpha=0.15, lw=0)


def power_axis(ax, values, xlabel):
    """Powers of two, or nearly: a logarithmic axis that names every value."""
    ax.set_xscale("log", base=2)
    ax.set_xticks(values, [str(value) for value in values])
    ax.minorticks_off()
    ax.set_xlabel(xlabel)


def loss_curves(losses, xlabel="step", ylabel="loss (nats)"):
    """Losses of several variants of a run: the mean over seeds, and the range from the smallest to the largest.

    losses: {label: rows}, a row of losses for each seed.
    """
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for line, (label, rows) in zip(LINES, losses.items(), strict=False):
            columns = list(zip(*rows, strict=True))
            band(ax, range(1, len(columns) + 1), columns, {**line, "marker": None}, label)
        ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(0, None))
        ax.legend()
        return figure
