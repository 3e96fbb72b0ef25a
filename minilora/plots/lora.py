"""Pictures of the LoRA linear: its shapes, its flow, how its first step compares with the full one."""

import math

from matplotlib.patches import Rectangle

from minilora.plots.flow import flow
from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.style import COLOURS, new_figure

# The graph of the op: name, shape, place. Then what leads where: from, to, the forward formula, the backward formula.
NODES = {
    "x": ("(M, in)", 0.0, 1.4),
    "xd": ("(M, in)", 1.4, 1.4),
    "A": ("(r, in)", 2.8, 0.0),
    "Z": ("(M, r)", 2.8, 1.4),
    "B": ("(out, r)", 4.2, 0.0),
    "y": ("(M, out)", 4.2, 1.4),
}
EDGES = (
    ("x", "xd", "F1", "B5"),
    ("xd", "Z", "F2", "B4"),
    ("A", "Z", "F2", "B3"),
    ("Z", "y", "F3", "B2"),
    ("B", "y", "F3", "B1"),
)


def lora_shapes(n_in, n_out, r):
    """W + s B A, the matrices drawn to one scale, with the number of values in each."""
    gap = 0.16 * n_in
    frozen = {"fc": "#DDDDDD", "ec": COLOURS["base"]}
    trained = {"fc": COLOURS["lora"], "ec": COLOURS["lora"], "alpha": 0.75}
    left_B = n_in + 2.2 * gap
    left_A = left_B + r + gap
    with new_figure(figsize=(7.6, 3.6)) as (figure, ax):
        for name, shape, x, width, height, look in (
            ("W, frozen", "(out, in)", 0, n_in, n_out, frozen),
            ("B", "(out, r)", left_B, r, n_out, trained),
            ("A", "(r, in)", left_A, n_in, r, trained),
        ):
            bottom = (n_out - height) / 2
            ax.add_patch(Rectangle((x, bottom), width, height, **look))
            ax.text(x + width / 2, bottom + height + 0.03 * n_out, name, ha="center", va="bottom", fontsize=11)
            label = f"{shape}\n{height} x {width} = {width * height:,}"
            ax.text(x + width / 2, bottom - 0.03 * n_out, label, ha="center", va="top", fontsize=9)
        ax.text(n_in + 1.0 * gap, n_out / 2, "+  s", ha="center", va="center", fontsize=14)
        ax.set(xlim=(-0.02 * n_in, left_A + 1.02 * n_in), ylim=(-0.22 * n_out, 1.14 * n_out), aspect="equal")
        ax.set_axis_off()
        return figure


def lora_flow():
    """The op as a graph: forward formulas in black, beside each the backward formula that answers it."""
    return flow(NODES, EDGES, outer=("x", "A", "B", "y"), figsize=(7, 3))


def first_step_cosines(ranks, measured, n_in):
    """The cosine between LoRA's first change of W and the full gradient step, against the rank.

    measured: {label: rows}, a row for each rank with a number for each seed. n_in: the width that the prediction
    sqrt(r / (r + in)) is for.
    """
    with new_figure(figsize=(6.2, 3.8)) as (figure, ax):
        for i, (line, (label, rows)) in enumerate(zip(LINES, measured.items(), strict=False)):
            places = [r * 1.06 ** (i - (len(measured) - 1) / 2) for r in ranks]
            means = [sum(row) / len(row) for row in rows]
            below = [mean - min(row) for mean, row in zip(means, rows, strict=True)]
            above = [max(row) - mean for mean, row in zip(means, rows, strict=True)]
            look = {"color": line["color"], "marker": line["marker"], "ms": 5, "ls": "none", "capsize": 3}
            ax.errorbar(places, means, [below, above], label=label, **look)
        fine = [2 ** (i / 8) for i in range(int(8 * math.log2(max(ranks))) + 1)]
        ax.plot(fine, [math.sqrt(r / (r + n_in)) for r in fine], "k-", lw=1, label=r"$\sqrt{r/(r+\mathrm{in})}$", zorder=0)
        power_axis(ax, ranks, "rank r")
        ax.set(ylabel="cosine to the full step", ylim=(0, 1))
        ax.legend(fontsize=9)
        return figure


def change_against_rank(ranks, panels):
    """How far one step moves the output, against the rank: a panel for each setting, a line for each rule for s.

    panels: {title: {rule: rows}}, a row for each rank with a number for each seed. Each line is divided by its mean at the
    first rank, so that a flat line means: the size does not depend on the rank.
    """
    with new_figure(1, len(panels), figsize=(3.1 * len(panels), 3.5), sharey=True, squeeze=False) as (figure, axes):
        for ax, (title, rules) in zip(axes[0], panels.items(), strict=True):
            for line, (rule, rows) in zip(LINES, rules.items(), strict=False):
                start = sum(rows[0]) / len(rows[0])
                band(ax, ranks, [[size / start for size in row] for row in rows], line, rule)
            ax.set_yscale("log")
            ax.set_title(title, fontsize=10)
            power_axis(ax, ranks, "rank r")
        axes[0][0].set_ylabel(f"change of the output / that at r = {ranks[0]}")
        axes[0][0].legend(fontsize=9)
        return figure
