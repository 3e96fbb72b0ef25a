"""Pictures of many heads: their attention maps on a line of text, and a number for each of them."""

from minilora.plots.lines import LINES, band
from minilora.plots.style import new_figure


def head_grid(weights, text, marked=()):
    """A small map for each head, a row of maps for each layer; a darker cell is a larger weight of the query on the key.

    weights: {(layer, head): P}, each (T, T), for every layer and head. text: the T characters. marked: heads to frame.
    """
    layers, heads = (max(index) + 1 for index in zip(*weights, strict=True))
    size = {"figsize": (2.15 * heads + 0.3, 2.15 * layers + 0.4)}
    with new_figure(layers, heads, **size, sharex=True, sharey=True, squeeze=False) as (figure, axes):
        for (layer, head), P in weights.items():
            ax = axes[layer][head]
            ax.imshow(P, cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
            ax.set_title(f"layer {layer}, head {head}", fontsize=8, pad=3)
            ax.grid(False)
            ax.set_xticks(range(len(text)), shown(text), fontsize=5)
            ax.set_yticks(range(len(text)), shown(text), fontsize=5)
            ax.tick_params(length=0, pad=1)
            for spine in ax.spines.values():
                spine.set(visible=True, linewidth=2.2 if (layer, head) in marked else 0.5)
        figure.supxlabel("key", fontsize=9)
        figure.supylabel("query", fontsize=9)
        return figure


def shown(text):
    """The characters of a text as labels: a blank is a low line."""
    return [{" ": "_", "\n": "/"}.get(character, character) for character in text]


def head_numbers(tables):
    """One table beside the other, a row for each layer and a column for each head; darker is larger.

    tables: {title: {(layer, head): number}}.
    """
    with new_figure(1, len(tables), figsize=(3.3 * len(tables), 2.9), squeeze=False) as (figure, axes):
        for ax, (title, numbers) in zip(axes[0], tables.items(), strict=True):
            layers, heads = (max(index) + 1 for index in zip(*numbers, strict=True))
            rows = [[numbers[layer, head] for head in range(heads)] for layer in range(layers)]
            highest = max(numbers.values())
            ax.imshow(rows, cmap="Greys", vmin=0, vmax=1.4 * highest)
            for (layer, head), number in numbers.items():
                colour = "white" if number > 0.75 * highest else "black"
                ax.text(head, layer, f"{number:.2f}", ha="center", va="center", fontsize=9, color=colour)
            ax.set_title(title, fontsize=10)
            ax.set(xlabel="head", ylabel="layer", xticks=range(heads), yticks=range(layers))
            ax.grid(False)
            ax.tick_params(length=0)
        return figure


def captured_shares(results, full):
    """What share of the gradients a low-rank change can hold, against the numbers that it trains.

    results: {label: (numbers, rows)}, a row for each count of numbers with a share for each batch. full: the numbers in full.
    """
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for line, (label, (numbers, rows)) in zip(LINES, results.items(), strict=False):
            band(ax, numbers, rows, line, label)
        ax.set(xlabel=f"numbers trained in a block (all three matrices: {full:,})", ylabel="share of the squared gradient")
        ax.set(ylim=(0, 1), xscale="log")
        ax.set_xticks([500, 1000, 2000, 5000, 10000, 20000], ["500", "1,000", "2,000", "5,000", "10,000", "20,000"])
        ax.minorticks_off()
        ax.legend()
        return figure
