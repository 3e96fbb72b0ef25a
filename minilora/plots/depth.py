"""Pictures of the residual stream: a block as a graph, and the gradient at each depth."""

from minilora.plots.lines import LINES, band
from minilora.plots.style import COLOURS, new_figure

NODES = {  # place of each box in the drawing of a block
    "norm1": (1.6, 1.0),
    "attn": (2.9, 1.0),
    "+": (4.2, 0.0),
    "norm2": (5.4, 1.0),
    "mlp": (6.7, 1.0),
    "+ ": (8.0, 0.0),
}


def block_flow():
    """A pre-norm block: the stream runs straight on below, two branches read it and add to it. Coloured: the way back."""
    with new_figure(figsize=(9, 2.6)) as (figure, ax):
        for name, (x, y) in NODES.items():
            shape = "circle,pad=0.25" if "+" in name else "round,pad=0.35"
            box = {"boxstyle": shape, "fc": "white", "ec": COLOURS["base"], "lw": 1.6}
            ax.text(x, y, name.strip(), ha="center", va="center", fontsize=11, bbox=box, zorder=3)
        for start, end in ((0, 4.0), (4.4, 7.8), (8.2, 9.4)):
            _arrow(ax, (start, 0.07), (end, 0.07), "black", 2.4)
            _arrow(ax, (end, -0.09), (start, -0.09), COLOURS["lora"], 2.4)
        for leave, (norm, f, meet) in ((0.9, ("norm1", "attn", "+")), (4.7, ("norm2", "mlp", "+ "))):
            for path in (((leave, 0.07), NODES[norm]), (NODES[norm], NODES[f]), (NODES[f], NODES[meet])):
                _beside(ax, *path)
        ax.text(0, 0.2, "x", fontsize=12, ha="center")
        ax.text(0, -0.42, "dx", fontsize=12, ha="center", color=COLOURS["lora"])
        ax.text(9.4, 0.2, "y", fontsize=12, ha="center")
        ax.text(9.4, -0.42, "dy", fontsize=12, ha="center", color=COLOURS["lora"])
        ax.text(2.3, -0.42, "dy passes unchanged,", fontsize=9, ha="center", color=COLOURS["lora"])
        ax.text(6.3, -0.42, "and what a branch sends back is added", fontsize=9, ha="center", color=COLOURS["lora"])
        ax.set(xlim=(-0.4, 9.8), ylim=(-0.65, 1.4))
        ax.set_axis_off()
        return figure


def _beside(ax, tail, head):
    """Two arrows side by side, there in black and back in colour."""
    dx, dy = head[0] - tail[0], head[1] - tail[1]
    length = (dx * dx + dy * dy) ** 0.5
    rooms = [24 if y > 0.5 else 14 if y == 0 else 0 for _, y in (tail, head)]           # at a branch's box, a sum, the stream
    for side, colour in ((1, "black"), (-1, COLOURS["lora"])):
        ends = [(x - side * 0.06 * dy / length, y + side * 0.06 * dx / length) for x, y in (tail, head)][::side]
        _arrow(ax, *ends, colour, 1.4, rooms[::side])


def _arrow(ax, tail, head, colour, width, room=(0, 0)):
    style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": room[0], "shrinkB": room[1]}
    ax.annotate("", head, tail, arrowprops=style)


def stream_panels(results):
    """The size of the stream's gradient at each depth, and its cosine with the gradient at the top.

    results: {label: {"size": rows, "cosine": rows}}, a row for each place from the lowest to the highest, with a number for each
    seed. Lines are means, bands go from the smallest to the largest.
    """
    with new_figure(1, 2, figsize=(9, 3.6)) as (figure, axes):
        for ax, quantity in zip(axes, ("size", "cosine"), strict=True):
            for line, (label, result) in zip(LINES, results.items(), strict=False):
                band(ax, range(len(result[quantity])), result[quantity], line, label)
            ax.set_xlabel("blocks below")
        axes[0].set(ylabel="norm of dL/dx times norm of x", ylim=(0, None))
        axes[1].set(ylabel="cosine with the gradient at the top", ylim=(-0.1, 1.05))
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(results), fontsize=9)
        return figure
