"""Pictures of LoRA's subspaces: how alike those of two runs are, and how many directions a run needs."""

from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.style import COLOURS, new_figure


def similarity_maps(rows, random):
    """phi(i, j) as maps, one scale for all: a row for each name, a column for each comparison; the last is for random subspaces.

    rows: {name: {comparison: grid}}, a grid's row for each i. random: the grid of max(i, j) / n.
    """
    titles = [*next(iter(rows.values())), "random: max(i, j) / n"]
    with new_figure(len(rows), len(titles), figsize=(3.1 * len(titles), 2.1 * len(rows) + 0.5), squeeze=False) as (figure, axes):
        for line, (name, grids) in zip(axes, rows.items(), strict=True):
            for ax, title, grid in zip(line, titles, [*grids.values(), random], strict=True):
                size = (0.5, len(grid[0]) + 0.5, len(grid) + 0.5, 0.5)
                image = ax.imshow(grid, cmap="Greys", vmin=0, vmax=0.6, aspect="auto", extent=size, interpolation="nearest")
                ax.set_title(f"{name}\n{title}", fontsize=9)
                ax.grid(False)
                ax.set(xlabel="j", ylabel="i")
                ax.locator_params(integer=True, nbins=5)
        figure.colorbar(image, ax=axes, label=r"$\phi(i, j)$, black from 0.6", shrink=0.8, extend="max")
        return figure


def rank_losses(ranks, losses, full):
    """The held-out loss against the rank, a row of seeds for each, beside full tuning's level and range."""
    with new_figure(figsize=(6.4, 3.6)) as (figure, ax):
        band(ax, ranks, losses, LINES[1], "LoRA: mean, and range of seeds")
        ax.axhline(sum(full) / len(full), color=COLOURS["full"], lw=1.2, label="full tuning of the same matrices")
        ax.axhspan(min(full), max(full), color=COLOURS["full"], alpha=0.15, lw=0)
        power_axis(ax, ranks, "rank r")
        ax.set(ylabel="held-out loss (nats)")
        ax.legend(fontsize=9)
        return figure
