"""Pictures of lesson 17: what a step holds, what it takes, and which matrices are worth their numbers."""

from minilora.plots.style import COLOURS, new_figure

PARTS = {  # told apart without colour, too
    "weights": {"color": COLOURS["base"], "hatch": ""},
    "gradients": {"color": COLOURS["lora"], "hatch": "//"},
    "moments": {"color": COLOURS["extra"], "hatch": ".."},
    "activations": {"color": COLOURS["init"], "hatch": ""},
}
MEGABYTE = 1e6


def memory_bars(panels):
    """What training holds, a stacked bar for each way of training, a panel for each batch with an axis of its own.

    panels: {title: {label: {"weights", "gradients", "moments", "activations": bytes}}}.
    """
    with new_figure(1, len(panels), figsize=(8.2, 2.6), sharey=True, squeeze=False) as (figure, axes):
        for ax, (title, bars) in zip(axes[0], panels.items(), strict=True):
            for row, parts in enumerate(bars.values()):
                left = 0.0
                for part, look in PARTS.items():
                    width = parts[part] / MEGABYTE
                    ax.barh(row, width, left=left, height=0.62, ec="white", label=part if row == 0 else None, **look)
                    left += width
                ax.text(left, row, f" {left:.1f}", va="center", fontsize=9)
            ax.set_title(title, fontsize=10)
            ax.set_xlabel("million bytes")
            ax.margins(x=0.14)
            ax.grid(axis="y", visible=False)
        axes[0][0].set_yticks(range(len(bars)), list(bars))
        axes[0][0].invert_yaxis()
        figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        return figure


def time_against_count(counted, measured):
    """A step's time against that of full tuning: counted, and measured round by round. {label: ratio}, {label: [ratio, ...]}."""
    with new_figure(figsize=(6.6, 2.5)) as (figure, ax):
        for row, (label, ratios) in enumerate(measured.items()):
            middle = sorted(ratios)[len(ratios) // 2]
            ax.plot(ratios, [row] * len(ratios), "|", color=COLOURS["base"], ms=9, label="measured, each round")
            ax.plot(middle, row, "o", color=COLOURS["lora"], ms=8, label="their median")
            ax.plot(counted[label], row, "x", color="black", ms=9, mew=2, label="counted")
        ax.set_yticks(range(len(measured)), list(measured))
        ax.invert_yaxis()
        ax.set(xlabel="a step, relative to one of full tuning", xlim=(0, None), ylim=(len(measured) - 0.5, -0.5))
        handles, labels = ax.get_legend_handles_labels()
        figure.legend(handles[:3], labels[:3], loc="outside upper center", ncols=3)  # every row has the same three
        return figure


def losses_by_case(losses, values, before):
    """The loss of each way to spend a budget: every seed, and the mean. losses: {case: [one a seed]}; values: {case: count}."""
    with new_figure(figsize=(6.6, 3.4)) as (figure, ax):
        for row, (case, found) in enumerate(losses.items()):
            colour = COLOURS["extra"] if "mlp" in case else COLOURS["full"]
            ax.plot(found, [row] * len(found), "|", color=colour, ms=11, mew=1.5)
            ax.plot(sum(found) / len(found), row, "D" if "mlp" in case else "o", color=colour, ms=7)
        ax.axvline(before, color="black", ls=":", lw=1)
        ax.text(before, len(losses) / 2, "before ", ha="right", va="center", fontsize=9)
        ax.set_yticks(range(len(losses)), [f"{case}  ({values[case]:,})" for case in losses])
        ax.invert_yaxis()
        ax.set(xlabel="held-out loss on code (nats a character)")
        return figure
