"""Pictures of lesson 23: what is removed, what a slope says and what a price, what a teacher shows, what clipping costs."""

from minilora.plots.lines import LINES, band
from minilora.plots.style import COLOURS, new_figure

FIFTH = {"color": "#CC79A7", "ls": (0, (5, 1)), "marker": "v"}
HELD_OUT = "held-out loss (nats a character)"
STAGES = (("o", COLOURS["init"]), ("^", COLOURS["lora"]), ("s", COLOURS["full"]))  # from early to late


def matrices(pictures, gone):
    """Small matrices side by side, by their absolute values; crosses where an entry is gone.

    pictures: {title: matrix}. gone: {title: mask of the same shape, True where the entry is no longer there}.
    """
    sizes = [len(W[0]) for W in pictures.values()]
    with new_figure(1, len(pictures), figsize=(9.4, 2.7), width_ratios=sizes) as (figure, axes):
        for ax, (title, W) in zip(axes, pictures.items(), strict=True):
            ax.imshow(abs(W), cmap="Greys", vmin=0)
            for o, i in zip(*gone[title].nonzero(), strict=True) if title in gone else ():
                ax.plot(i, o, "x", color=COLOURS["lora"], ms=4)
            ax.set(xticks=[], yticks=[])
            ax.set_title(title, fontsize=9)
            ax.grid(False)
        return figure


def slope_and_price(values, losses, w, loss, slope, stages, threshold):
    """Left: the loss along one weight, its tangent where training stands, and the price of zero. Right: every weight.

    values, losses: the curve. w, loss, slope: where training stands. stages: {label: (|g|, prices)}, from early to late.
    """
    with new_figure(1, 2, figsize=(9.4, 3.7)) as (figure, (left, right)):
        left.plot(values, losses, color=COLOURS["full"], label="the loss")
        left.plot(values, [loss + slope * (v - w) for v in values], "--", color=COLOURS["base"], label="its slope here")
        zero = min(range(len(values)), key=lambda i: abs(values[i]))
        left.annotate("", (0, losses[zero]), (0, loss), arrowprops={"arrowstyle": "<->", "color": COLOURS["lora"], "lw": 1.6})
        left.annotate("price", (0, (loss + losses[zero]) / 2), (6, 0), textcoords="offset points", color=COLOURS["lora"])
        left.plot([w], [loss], "o", color="black", label="where training stands")
        left.set(xlabel="one weight", ylabel="loss")
        left.legend(fontsize=9)
        for (marker, colour), (label, (g, prices)) in zip(STAGES, stages.items(), strict=True):
            right.plot(g, prices, marker, ms=4, color=colour, mec="black", mew=0.4, label=label)
        right.axvline(threshold, color=COLOURS["base"], ls=":", lw=1.4)
        right.set(xscale="log", yscale="log", xlabel="|g|     (dotted: threshold; left of it: pruned)", ylabel="price of zero")
        right.legend(fontsize=9)
        return figure


def loss_against_share(shares, curves, base):
    """A line for each score: the mean over its seeds, and their range. curves: {label: rows}, a row for each share."""
    with new_figure(figsize=(6.8, 4.0)) as (figure, ax):
        for line, (label, rows) in zip((*LINES, FIFTH), curves.items(), strict=False):
            band(ax, [100 * share for share in shares], rows, line, label)
        ax.axhline(base, color="black", lw=0.8, ls=":")
        ax.set(xlabel="weights removed (%)", ylabel=HELD_OUT)
        ax.legend(fontsize=9)
        return figure


def soft_labels(names, distributions):
    """What a teacher holds likely, on a logarithmic axis. names: of the classes. distributions: {label: probabilities}."""
    with new_figure(figsize=(8.2, 3.2)) as (figure, ax):
        for line, (label, p) in zip(LINES, distributions.items(), strict=False):
            ax.plot(range(len(names)), p, ms=5, label=label, **line)
        ax.set_xticks(range(len(names)), names, family="monospace")
        ax.set(yscale="log", xlabel="the next character, the likeliest first", ylabel="probability")
        ax.legend(fontsize=9)
        return figure


def students(steps, curves):
    """The losses of students while they learn. curves: {label: rows}, a row for each of `steps` with a number for each seed."""
    with new_figure(figsize=(6.4, 3.6)) as (figure, ax):
        for line, (label, rows) in zip(LINES, curves.items(), strict=False):
            band(ax, steps, rows, line, label)
        ax.set(xlabel="step", ylabel=HELD_OUT)
        ax.legend(fontsize=9)
        return figure


def clipping(removed, layers):
    """Two errors against the share of the weights that is clipped. layers: {title: (weight errors, output errors)}."""
    with new_figure(1, len(layers), figsize=(4.5 * len(layers), 3.4), squeeze=False) as (figure, axes):
        for ax, (title, errors) in zip(axes[0], layers.items(), strict=True):
            for line, label, values in zip(LINES, ("of the weights", "of the outputs"), errors, strict=False):
                ax.plot(range(len(removed)), values, ms=5, label=label, **line)
                least = min(range(len(values)), key=lambda i: values[i])
                ax.plot([least], [values[least]], "o", ms=12, mfc="none", mec=line["color"])
            ax.set_xticks(range(len(removed)), [f"{100 * share:g}" for share in removed])
            ax.set_title(title, fontsize=10)
            ax.set(xlabel="weights clipped (%)", ylim=(0, None))
        axes[0][0].set_ylabel("relative error (circle: the least)")
        axes[0][0].legend(fontsize=9)
        return figure
