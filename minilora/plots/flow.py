"""An op as a graph: what leads where, by which formula, and which backward formula answers it."""

import math

from minilora.plots.style import COLOURS, new_figure


def flow(nodes, edges, outer, figsize):
    """Forward formulas in black along the arrows; beside each, coloured, the backward formula of the way back.

    nodes: {name: (shape in words, x, y)}. edges: (from, to, forward tag, backward tag). outer: the names of inputs and output.
    """
    with new_figure(figsize=figsize) as (figure, ax):
        for name, (shape, x, y) in nodes.items():
            edge = COLOURS["full"] if name in outer else COLOURS["base"]
            box = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": edge, "lw": 1.6}
            ax.text(x, y, f"{name}\n{shape}", ha="center", va="center", fontsize=11, bbox=box)
        for start, end, forward, backward in edges:
            tail, head = nodes[start][1:], nodes[end][1:]
            _arrow(ax, tail, head, forward, "black")
            _arrow(ax, head, tail, backward, COLOURS["lora"])
        across, up = ([node[i] for node in nodes.values()] for i in (1, 2))
        ax.set(xlim=(min(across) - 0.5, max(across) + 0.5), ylim=(min(up) - 0.4, max(up) + 0.4), aspect="equal")
        ax.set_axis_off()
        return figure


def _arrow(ax, tail, head, label, colour):
    """An arrow a little to the left of the line from tail to head, its label further left: two ways do not meet."""
    dx, dy = head[0] - tail[0], head[1] - tail[1]
    left = (-dy / math.hypot(dx, dy), dx / math.hypot(dx, dy))
    ends = [(x + 0.06 * left[0], y + 0.06 * left[1]) for x, y in (head, tail)]
    style = {"arrowstyle": "-|>", "color": colour, "shrinkA": 32, "shrinkB": 32, "lw": 1.4}
    ax.annotate("", *ends, arrowprops=style)
    x, y = ((a + b) / 2 + 0.19 * side for a, b, side in zip(tail, head, left, strict=True))
    ax.text(x, y, label, ha="center", va="center", fontsize=10, color=colour)
