"""Pictures of attention: who looks at whom, what flows where, what the scale does, and how losses fall."""

from minilora.plots.flow import flow
from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.style import COLOURS, new_figure

# The graph of the op: name, shape, place. Then what leads where: from, to, the forward formula, the backward formula.
NODES = {
    "q": ("(T, D)", 0.0, 2.3),
    "k": ("(S, D)", 0.0, 0.7),
    "v": ("(S, D)", 4.2, 0.0),
    "scores": ("(T, S)", 1.4, 1.5),
    "P": ("(T, S)", 2.8, 1.5),
    "Pd": ("(T, S)", 4.2, 1.5),
    "y": ("(T, D)", 5.6, 0.75),
}
EDGES = (
    ("q", "scores", "F1", "B5"),
    ("k", "scores", "F1", "B6"),
    ("scores", "P", "F2", "B4"),
    ("P", "Pd", "F3", "B3"),
    ("Pd", "y", "F4", "B2"),
    ("v", "y", "F4", "B1"),
)


def attention_maps(maps, queries, keys):
    """One map beside the other: a row for each query, a column for each key, the weight in the cell.

    maps: {title: P}, each (T, S) with rows that sum to 1. queries, keys: T and S labels.
    """
    width = 0.5 * len(keys) + 0.9
    with new_figure(1, len(maps), figsize=(width * len(maps), 0.5 * len(queries) + 1.5), squeeze=False) as (figure, axes):
        for ax, (title, P) in zip(axes[0], maps.items(), strict=True):
            ax.imshow(P, cmap="Blues", vmin=0, vmax=1)
            for t, row in enumerate(P):
                for j, weight in enumerate(row):
                    colour = "white" if weight > 0.6 else "black"
                    ax.text(j, t, f"{weight:.2f}", ha="center", va="center", fontsize=8, color=colour)
            ax.set_xticks(range(len(keys)), keys)
            ax.set_yticks(range(len(queries)), queries)
            ax.set(title=title, xlabel="key")
            ax.title.set_fontsize(10)
            ax.grid(False)
            ax.tick_params(length=0)
        axes[0][0].set_ylabel("query")
        return figure


def attention_flow():
    """The op as a graph: forward formulas in black, beside each the backward formula that answers it."""
    return flow(NODES, EDGES, outer=("q", "k", "v", "y"), figsize=(8, 4))


def scale_curves(sizes, results, uniform):
    """Entropy of the attention weights, and the gradient that a typical query gets, against the head size D.

    sizes: the values of D. results: {label: {"entropy": rows, "gradient": rows}}, a row for each D with a number for each seed.
    uniform: the entropy of equal weights. Lines are means over seeds, bands go from the smallest to the largest.
    """
    with new_figure(1, 2, figsize=(9, 3.6)) as (figure, axes):
        for ax, quantity in zip(axes, ("entropy", "gradient"), strict=True):
            for line, (label, result) in zip(LINES, results.items(), strict=False):
                band(ax, sizes, result[quantity], line, label)
            power_axis(ax, sizes, "head size D")
        axes[0].axhline(uniform, color=COLOURS["base"], lw=1, ls=":")
        axes[0].text(sizes[-1], 1.02 * uniform, "equal weights", ha="right", va="bottom", fontsize=9, color=COLOURS["base"])
        axes[0].set(ylabel="entropy of a row of P (nats)", ylim=(-0.05, uniform * 1.15))
        axes[1].set(ylabel="median norm of a row of dscores", yscale="log")
        axes[0].legend(fontsize=8, loc="center right", bbox_to_anchor=(1, 0.55))
        return figure
