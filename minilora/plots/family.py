"""Pictures of lesson 20: what DoRA's length does to a gradient, what is left of W by a start, a race."""

import math

from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.style import COLOURS, new_figure


def dora_plane(v, m, target):
    """One row of DoRA with two inputs. Left: the row W', on the circle of radius m. Right: the plane of V, where W' is made.

    The loss is half the squared distance of W' = m V / |V| to the target. v, target: pairs of numbers.
    """
    n = math.hypot(*v)
    unit = v[0] / n, v[1] / n
    row = m * unit[0], m * unit[1]
    G = row[0] - target[0], row[1] - target[1]
    along = G[0] * unit[0] + G[1] * unit[1]
    detached = m / n * G[0], m / n * G[1]
    exact = tuple(m / n * (g - along * u) for g, u in zip(G, unit, strict=True))
    reach = 1.25 * max(m, n, math.hypot(*target))
    low = -0.08 * reach
    with new_figure(1, 2, figsize=(7.7, 4.0)) as (figure, (left, right)):
        angles = [math.pi / 2 * i / 60 for i in range(-3, 64)]
        left.plot([m * math.cos(t) for t in angles], [m * math.sin(t) for t in angles], color=COLOURS["base"], lw=1)
        left.plot(*target, "k*", ms=11)
        left.annotate("target", target, (8, -4), textcoords="offset points")
        _arrow(left, (0, 0), row, "black", "W'", "-", (6, -2))
        _arrow(left, row, (-G[0], -G[1]), COLOURS["full"], "-G'", "-", (-26, -10))
        left.set_title("the adapted row W', of length m", fontsize=10)
        for i in range(13):
            t = math.pi / 2 * i / 12
            right.plot([0, 2 * reach * math.cos(t)], [0, 2 * reach * math.sin(t)], color=COLOURS["init"], lw=1)
        _arrow(right, (0, 0), v, "black", "V", "-", (6, -4))
        _arrow(right, v, (-detached[0], -detached[1]), COLOURS["lora"], "detached", "--", (6, 0))
        _arrow(right, v, (-exact[0], -exact[1]), COLOURS["full"], "exact", "-", (-38, 2))
        right.set_title("the row V = W + s B A; grey: lines of equal loss", fontsize=10)
        for ax in (left, right):
            ax.grid(False)
            ax.set(xlim=(low, reach), ylim=(low, reach), aspect="equal", xlabel="first input", ylabel="second input")
        return figure


def _arrow(ax, start, change, colour, label, style, offset):
    end = start[0] + change[0], start[1] + change[1]
    look = {"arrowstyle": "-|>", "color": colour, "lw": 1.8, "ls": style, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=look)
    ax.annotate(label, end, offset, textcoords="offset points", color=colour)


def residuals(ranks, results, ylabel="size of what W keeps / size of W"):
    """How much of W is left when a start of each rank has been taken out of it.

    results: {label: rows}, a row for each rank with a number for each matrix: lines are means, bands go from least to most.
    """
    with new_figure(figsize=(6.2, 3.7)) as (figure, ax):
        for line, (label, rows) in zip(LINES, results.items(), strict=False):
            band(ax, ranks, rows, line, label)
        power_axis(ax, ranks, "rank r of the start")
        ax.set(ylabel=ylabel, ylim=(0, None))
        ax.legend()
        return figure


def race(results, xlabel):
    """A line for each method, a mark for each seed, a stroke for the mean. results: {method: numbers}, drawn from above."""
    with new_figure(figsize=(7.2, 0.34 * len(results) + 1.0)) as (figure, ax):
        for i, numbers in enumerate(results.values()):
            ax.plot(numbers, [i] * len(numbers), "o", ms=5, mfc="none", color=COLOURS["full"])
            ax.plot(sum(numbers) / len(numbers), i, "|", ms=15, mew=2, color=COLOURS["lora"])
        ax.set_yticks(range(len(results)), list(results))
        ax.invert_yaxis()
        ax.set_xlabel(xlabel)
        return figure
