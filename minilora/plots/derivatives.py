"""Pictures of derivatives: a curve under the microscope, errors against the step, best steps by formula and as found."""

from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure

FLOOR = 1e-17  # an error of zero is drawn here: a logarithmic axis has no zero


def zooms(panels):
    """A curve and its tangent in ever smaller windows.

    panels: {title: {"x": xs, "curve": ys, "tangent": ys, "point": (x, y)}}, one picture beside the other.
    """
    with new_figure(1, len(panels), figsize=(3.1 * len(panels), 2.9)) as (figure, axes):
        for ax, (title, panel) in zip(axes, panels.items(), strict=True):
            ax.plot(panel["x"], panel["tangent"], color=COLOURS["lora"], lw=1.4, ls="--", label="tangent")
            ax.plot(panel["x"], panel["curve"], color=COLOURS["full"], lw=1.8, label="f")
            ax.plot(*panel["point"], "o", color="black", ms=5)
            ax.set_title(title, fontsize=10)
            ax.set(xlabel="x", xlim=(panel["x"][0], panel["x"][-1]))
            ax.locator_params(nbins=3)
            ax.ticklabel_format(useOffset=False)
            ax.tick_params(labelsize=8)
        axes[0].legend(fontsize=9)
        return figure


def error_curves(curves, laws=None, ylabel="relative error of the slope"):
    """Errors against the step, both logarithmic: a V for each kind of difference.

    curves: {label: (steps, errors)}. laws: {label: (steps, errors)}, dotted lines on top, named above their middle.
    """
    with new_figure(figsize=(7.2, 4.4)) as (figure, ax):
        for line, (label, (steps, errors)) in zip(LINES, curves.items(), strict=False):
            ax.plot(steps, [max(error, FLOOR) for error in errors], label=label, **{**line, "ms": 3, "lw": 1.2})
        for label, (steps, errors) in (laws or {}).items():
            ax.plot(steps, errors, color="black", lw=1.1, ls=(0, (1, 1.5)), zorder=3)
            middle, falls = len(steps) // 3, (errors[-1] < errors[0]) == (steps[-1] > steps[0])
            look = {"textcoords": "offset points", "fontsize": 10, "ha": "left" if falls else "right", "va": "bottom"}
            ax.annotate(label, (steps[middle], errors[middle]), (5 if falls else -7, 5), **look)
        ax.set(xscale="log", yscale="log", xlabel="step h", ylabel=ylabel, ylim=(FLOOR / 3, 10))
        ax.legend(fontsize=9, loc="upper right", bbox_to_anchor=(1.0, 0.42))
        return figure


def predicted_steps(found, factor):
    """The best step as a formula gives it, against the one that was found; a band of `factor` on either side of equality.

    found: {label: (predicted, measured)}.
    """
    with new_figure(figsize=(5.6, 4.6)) as (figure, ax):
        ends = [extreme(step for pair in found.values() for step in pair) for extreme in (min, max)]
        ends = [ends[0] / 4, ends[1] * 12]
        ax.plot(ends, ends, color=COLOURS["base"], lw=1)
        low, high = ([end * times for end in ends] for times in (1 / factor, factor))
        ax.fill_between(ends, low, high, color=COLOURS["init"], alpha=0.35, lw=0)
        for i, (label, (predicted, measured)) in enumerate(sorted(found.items(), key=lambda item: item[1][0])):
            ax.plot(predicted, measured, "o", color=COLOURS["full"], ms=6)
            side = -1 if i % 2 else 1
            ax.annotate(label, (predicted, measured), (side * 9, -side * 9), textcoords="offset points", fontsize=9,
                        ha="left" if side > 0 else "right", va="center")  # fmt: skip
        ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="best step, by the formula", ylabel="best step, found")
        return figure
