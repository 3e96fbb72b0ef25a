"""Pictures of cost: what a machine can reach at each intensity, and how a step grows with each of its sizes."""

from minilora.plots.lines import LINES, power_axis
from minilora.plots.style import COLOURS, new_figure


def roof(peak, band, measured, kinds):
    """The roofline and measured rates beneath it, in shares of the peak.

    measured: {label: (intensity, [operations a second of each round])}. kinds: {kind: labels}, each with its own mark.
    """
    with new_figure(figsize=(7.6, 4.4)) as (figure, ax):
        places = [place for place, _ in measured.values()]
        ends = min(*places, peak / band) / 2, max(*places, peak / band) * 2
        ax.plot([ends[0], peak / band, ends[1]], [ends[0] * band / peak, 1, 1], color="black", lw=1.6, label="the roof")
        ax.axvline(peak / band, color=COLOURS["base"], ls=":", lw=1)
        ax.text(peak / band * 1.06, ends[0] * band / peak, "ridge", fontsize=9, color=COLOURS["base"])
        for look, (kind, labels) in zip(LINES, kinds.items(), strict=False):
            for label in labels:
                place, rates = measured[label]
                rates = sorted(rate / peak for rate in rates)
                ax.plot([place] * 2, [rates[0], rates[-1]], color=look["color"], lw=1)
                ax.plot(place, rates[len(rates) // 2], look["marker"], color=look["color"], ms=6, label=kind)
                crowded = any(1 < other / place < 1.6 for other in places)  # to the right of it
                where = {"xytext": (-7, -3), "ha": "right"} if crowded else {"xytext": (6, -9)}
                ax.annotate(label, (place, rates[len(rates) // 2]), textcoords="offset points", fontsize=8, **where)
                kind = None
        ax.set(xscale="log", yscale="log", xlabel="intensity (operations a byte)", ylabel="rate / peak rate")
        ax.legend(fontsize=9, loc="lower right")
        return figure


def scaling(panels):
    """A panel for each size: time, memory and operations of a step over those at the smallest size, both axes logarithmic.

    panels: {name: (sizes, {label: rows})}, a row for each size with a number for each round.
    """
    with new_figure(1, len(panels), figsize=(3.1 * len(panels), 3.5), sharey=True) as (figure, axes):
        for ax, (name, (sizes, lines)) in zip(axes, panels.items(), strict=True):
            for look, (label, rows) in zip(LINES, lines.items(), strict=False):
                middle = [sorted(row)[len(row) // 2] for row in rows]
                ax.plot(sizes, [value / middle[0] for value in middle], ms=5, label=label, **look)
                ends = [[edge(row) / middle[0] for row in rows] for edge in (min, max)]
                ax.fill_between(sizes, *ends, color=look["color"], alpha=0.15, lw=0)
            power_axis(ax, sizes, name)
            ax.set_yscale("log", base=2)
            ax.tick_params(axis="y", which="minor", left=False)
        axes[0].set(ylabel="over the smallest")
        axes[0].legend(fontsize=9)
        return figure


def bars(cases, unit):
    """Stacked bars, one for each case: {case: {part: amount}}, with the sum written at its end."""
    parts = list(dict.fromkeys(part for case in cases.values() for part in case))
    looks = (("#444444", ""), (COLOURS["lora"], "//"), (COLOURS["full"], ".."), (COLOURS["init"], "xx"))
    with new_figure(figsize=(7.8, 0.62 * len(cases) + 1.1)) as (figure, ax):
        for row, case in enumerate(cases.values()):
            left = 0
            for part, (colour, hatch) in zip(parts, looks, strict=False):
                width = case.get(part, 0)
                look = {"color": colour, "hatch": hatch, "edgecolor": "white", "height": 0.62}
                ax.barh(row, width, left=left, label=None if row else part, **look)
                left += width
            ax.text(left, row, f" {left:.1f}", va="center", fontsize=9)
        ax.set_yticks(range(len(cases)), list(cases))
        ax.invert_yaxis()
        ax.grid(axis="y", visible=False)
        ax.set(xlabel=unit)
        ax.margins(x=0.1)
        ax.legend(fontsize=9, ncols=len(parts), loc="lower center", bbox_to_anchor=(0.5, 1))
        return figure
