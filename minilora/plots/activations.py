"""Pictures of activations: curves with their slopes, how far two of them are apart, and a gate as a landscape."""

from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure


def curves(x, functions):
    """Functions on the left, their slopes on the right.

    x: the points, in order. functions: {label: (values, slopes)}, arrays as long as x.
    """
    with new_figure(1, 2, figsize=(9, 3.6)) as (figure, axes):
        for side, (ax, ylabel) in enumerate(zip(axes, ("y", "dy/dx"), strict=True)):
            for line, (label, both) in zip(LINES, functions.items(), strict=False):
                ax.plot(x, both[side], label=label, **_unmarked(line))
            ax.axhline(0, color=COLOURS["base"], lw=0.8)
            ax.axvline(0, color=COLOURS["base"], lw=0.8)
            ax.set(xlabel="x", ylabel=ylabel)
        axes[0].legend()
        axes[0].set_title("the function", fontsize=10)
        axes[1].set_title("its slope", fontsize=10)
        return figure


def differences(x, values, slopes):
    """How far functions are from another one: the difference of the values on the left, that of the slopes on the right.

    x: the points, in order. values, slopes: {label: difference}, arrays as long as x.
    """
    with new_figure(1, 2, figsize=(9, 3.2)) as (figure, axes):
        for ax, title, lines in zip(axes, ("of y", "of dy/dx"), (values, slopes), strict=True):
            for line, (label, difference) in zip(LINES, lines.items(), strict=False):
                ax.plot(x, difference, label=label, **_unmarked(line))
            ax.axhline(0, color=COLOURS["base"], lw=0.8)
            ax.set(xlabel="x", ylabel=f"difference {title}")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(values), fontsize=9)
        return figure


def gate_landscape(gate, up, y, arrows):
    """A gated product over the plane of its two inputs: lines of equal output, and the gradient as arrows.

    gate, up: the values along the two axes. y: (len(up), len(gate)). arrows: rows of (gate, up, slope in gate, slope in up).
    """
    with new_figure(figsize=(5.6, 4.4)) as (figure, ax):
        levels = [-8, -4, -2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2, 4, 8]
        lines = ax.contour(gate, up, y, levels=levels, colors=COLOURS["base"], linewidths=1)  # negative ones are dashed
        ax.clabel(lines, fontsize=8, fmt="%g")
        ax.quiver(*zip(*arrows, strict=True), color=COLOURS["lora"], angles="xy", width=0.004)
        ax.set(xlabel="gate", ylabel="up", title="y = silu(gate) up, and its gradient")
        ax.title.set_fontsize(10)
        return figure


def _unmarked(line):
    return {**line, "marker": None}
