"""How the time of a step grows with each size, beside the operations that it counts."""

from statistics import median

from minilora.plots.lines import power_axis
from minilora.plots.style import COLOURS, new_figure

NAMES = {"T": "T, tokens", "C": "C, width", "layers": "layers", "rank": "r, rank", "vocabulary": "V, vocabulary"}


def growth(rows):
    """A panel for each size: the measured milliseconds, and the fitted line a + operations / rate.

    rows: [{"size", "values", "seconds": rounds for each value, "operations", "a", "rate", "measured_exponent"}].
    """
    with new_figure(1, len(rows), figsize=(2.25 * len(rows), 2.9), sharey=True, squeeze=False) as (figure, axes):
        for ax, row in zip(axes[0], rows, strict=True):
            middle = [1000 * median(times) for times in row["seconds"]]
            fitted = [1000 * (row["a"] + n / row["rate"]) for n in row["operations"]]
            alone = [1000 * n / row["rate"] for n in row["operations"]]
            ax.plot(row["values"], fitted, "-", color=COLOURS["base"], label="fitted: a + operations / rate")
            ax.plot(row["values"], alone, ":", color=COLOURS["base"], label="operations / rate alone")
            ax.plot(row["values"], middle, "o", color=COLOURS["lora"], ms=6, label="measured")
            power_axis(ax, row["values"], NAMES.get(row["size"], row["size"]))
            ax.tick_params(axis="x", labelsize=8, rotation=45)
            ax.set_yscale("log")
            ax.set_title(f"time ~ size$^{{{row['measured_exponent']:.2f}}}$", fontsize=10)
        axes[0][0].set_ylabel("milliseconds a step")
        figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
        return figure
