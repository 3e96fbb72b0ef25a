"""Pictures of softmax and cross-entropy: paths on the simplex, the graph of the op, what a formula is worth far out."""

import numpy as np

from minilora.plots.flow import flow
from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 3**0.5 / 2]])  # of the triangle, where one class has probability 1

# The graph of the op in steps: name, shape, place. Then what leads where: from, to, the forward formula, the backward formula.
NODES = {
    "logits": ("(M, V)", 0.0, 0.75),
    "z": ("(M, V)", 1.5, 0.75),
    "E": ("(M, V)", 2.6, 1.9),
    "S": ("(M, 1)", 4.2, 1.9),
    "logP": ("(M, V)", 4.2, 0.75),
    "L": ("()", 5.9, 0.75),
}
EDGES = (
    ("logits", "z", "F1", "B5"),
    ("z", "E", "F2", "B4"),
    ("E", "S", "F3", "B3"),
    ("S", "logP", "F4", "B2"),
    ("z", "logP", "F4", "B4"),
    ("logP", "L", "F5", "B1"),
)


def cross_entropy_flow():
    """The op in steps as a graph: forward formulas in black, beside each the backward formula that answers it."""
    return flow(NODES, EDGES, outer=("logits", "L"), figsize=(8.4, 3.6))


def simplex(losses, paths, names, levels=8):
    """Descent on a triangle whose points are the probabilities of three classes: one panel for each loss.

    losses: {title: function of P, (..., 3)}, whose level lines are drawn. paths: {title: [(steps, 3), ...]}, rows of P; each
    step is a dot. names: of the three corners.
    """
    shares = np.linspace(0.004, 0.996, 120)
    P = np.array([(a, b, 1 - a - b) for a in shares for b in shares if 1 - a - b >= 0.004])
    with new_figure(1, len(losses), figsize=(4.4 * len(losses), 4.1), squeeze=False) as (figure, axes):
        for ax, (title, loss) in zip(axes[0], losses.items(), strict=True):
            ax.tricontour(*(P @ CORNERS).T, loss(P), levels=levels, colors=COLOURS["init"], linewidths=0.8)
            ax.plot(*CORNERS[[0, 1, 2, 0]].T, color="black", lw=1.2)
            for line, path in zip(LINES, paths[title], strict=False):
                places = np.asarray(path) @ CORNERS
                ax.plot(*places.T, color=line["color"], lw=0.8, marker=".", ms=5)
                ax.plot(*places[0], color=line["color"], marker=line["marker"], ms=7)
            for corner, name, up in zip(CORNERS, names, (-0.07, -0.07, 0.05), strict=True):
                ax.text(corner[0], corner[1] + up, name, ha="center", va="center")
            ax.set(title=title, aspect="equal", xlim=(-0.12, 1.12), ylim=(-0.12, 0.98))
            ax.set_axis_off()
        return figure


def far_out(gaps, losses, slopes):
    """Loss and slope of several ways to compute it, against how far the target's logit lies below another one.

    losses, slopes: {label: values}, one for each gap; what is not finite is left out, and a cross marks the last finite loss.
    """
    lines = dict(zip(dict.fromkeys([*losses, *slopes]), LINES, strict=False))
    with new_figure(1, 2, figsize=(9.4, 3.6)) as (figure, axes):
        for ax, curves in zip(axes, (losses, slopes), strict=True):
            for label, values in curves.items():
                values, look = np.asarray(values, dtype=float), {**lines[label], "marker": None}
                finite = np.isfinite(values)
                ax.plot(np.asarray(gaps)[finite], values[finite], label=label, **look)
                if not finite.all():
                    last = int(np.flatnonzero(finite)[-1])
                    ax.plot(gaps[last], values[last], "x", color=look["color"], ms=9, mew=2)
                    ax.annotate("no number from here", (gaps[last], values[last]), (-8, 0), textcoords="offset points",
                                ha="right", va="center", fontsize=8, color=look["color"])
            ax.set_xlabel("gap: how far the target's logit lies below the other")
        axes[0].set_ylabel("loss (nats)")
        axes[1].set_ylabel("slope: loss gained per unit of gap")
        axes[0].legend(fontsize=8, loc="upper left")
        axes[1].legend(fontsize=8, loc="center right")
        return figure


def temperature(taus, losses, best, confidence, frequency):
    """Left, loss against temperature. Right, how often the likeliest class was right, against how likely it was said to be.

    losses: {label: one loss for each tau}. best: {label: the tau with the least}. confidence, frequency: {label: a point a bin}.
    """
    with new_figure(1, 2, figsize=(9.4, 3.6)) as (figure, axes):
        for line, label in zip(LINES, losses, strict=False):
            axes[0].plot(taus, losses[label], label=label, **{**line, "marker": None})
            axes[0].plot(best[label], np.interp(best[label], taus, losses[label]), line["marker"], color=line["color"])
            axes[1].plot(confidence[label], frequency[label], label=label, ms=5, **line)
        axes[0].axvline(1, color=COLOURS["base"], lw=1, ls=":")
        axes[0].set(xlabel="temperature", ylabel="loss (nats a character)")
        axes[1].plot([0, 1], [0, 1], color=COLOURS["base"], lw=1, ls=":")
        axes[1].set(xlabel="probability of the likeliest character", ylabel="how often it came", xlim=(0, 1), ylim=(0, 1))
        for ax in axes:
            ax.legend(fontsize=8)
        return figure
