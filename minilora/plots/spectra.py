"""Pictures of singular values."""

from minilora.plots.style import COLOURS, new_figure


def spectra(rows, before_label="at initialisation", after_label="trained"):
    """Singular values, a panel for each kind of matrix, a line for each block.

    rows: dicts with name ("blocks.0.attn.q"), after (a list, falling) and, where there is something to compare with, before. With
    edge, where noise ends, a dotted line is drawn at the middle one of the blocks'.
    """
    kinds = list(dict.fromkeys(_kind(row) for row in rows))
    columns = min(3, len(kinds))
    lines = -(-len(kinds) // columns)
    with new_figure(lines, columns, figsize=(3.1 * columns, 2.5 * lines), squeeze=False) as (figure, axes):
        for ax, kind in zip(axes.flat, kinds, strict=False):
            for i, row in enumerate(row for row in rows if _kind(row) == kind):
                index = range(1, len(row["after"]) + 1)
                if "before" in row:
                    ax.plot(index, row["before"], color=COLOURS["init"], lw=1, label=before_label if i == 0 else None)
                ax.plot(index, row["after"], color=COLOURS["full"], lw=1, alpha=0.8, label=after_label if i == 0 else None)
            edges = sorted(row["edge"] for row in rows if _kind(row) == kind and "edge" in row)
            if edges:
                label = "edge of noise with its median"
                ax.axhline(edges[len(edges) // 2], color="black", ls=":", lw=1, label=label)
            ax.set_title(kind, fontsize=10)
            ax.set_ylim(bottom=0)
        for ax in axes.flat[len(kinds) :]:
            ax.set_axis_off()
        axes.flat[0].legend(fontsize=8)
        figure.supxlabel("index of the singular value", fontsize=10)
        figure.supylabel("singular value", fontsize=10)
        return figure


def truncation(curve, full_loss, uniform):
    """Held-out loss against the rank that every matrix was cut to. curve: rows with rank, loss."""
    with new_figure(figsize=(6.2, 3.4)) as (figure, ax):
        ranks = [row["rank"] for row in curve]
        ax.plot(ranks, [row["loss"] for row in curve], "o-", color=COLOURS["full"])
        ax.axhline(full_loss, color=COLOURS["base"], ls="--", lw=1)
        ax.text(ranks[0], full_loss, "not truncated", va="top", fontsize=9, color=COLOURS["base"])
        ax.axhline(uniform, color=COLOURS["base"], ls=":", lw=1)
        ax.text(ranks[-1], uniform, "uniform guess", ha="right", va="bottom", fontsize=9, color=COLOURS["base"])
        ax.set_xscale("log", base=2)
        ax.set_xticks(ranks, [str(rank) for rank in ranks])
        ax.set(xlabel="rank of every matrix of the blocks", ylabel="held-out loss (nats)", ylim=(0, None))
        return figure


def change_spectra(rows_by_method, names, rank):
    """The spectrum of Delta W of each method, each divided by its largest value: the mean over matrices and their range.

    rows_by_method: {"full": rows, "lora": rows} with change (a list). names: {"full": "full tuning", ...}. rank: LoRA's.
    """
    with new_figure(figsize=(6.2, 3.6)) as (figure, ax):
        draw_change_spectra(ax, rows_by_method, names, rank)
        return figure


def draw_change_spectra(ax, rows_by_method, names, rank):
    """The same into axes that are there."""
    for method, rows in rows_by_method.items():
        curves = [[value / row["change"][0] for value in row["change"]] for row in rows if row["change"][0] > 0]
        columns = list(zip(*curves, strict=True))
        index = range(1, len(columns) + 1)
        ax.fill_between(index, [min(c) for c in columns], [max(c) for c in columns], color=COLOURS[method], alpha=0.15, lw=0)
        ax.plot(index, [sum(c) / len(c) for c in columns], color=COLOURS[method], label=f"{names[method]} (mean and range)")
    ax.axvline(rank + 0.5, color=COLOURS["base"], ls=":", lw=1)
    ax.text(rank + 2.5, 1.0, f"rank {rank}: LoRA ends here", fontsize=9, va="top", color=COLOURS["base"])
    ax.set(xlabel="index of the singular value", ylabel="singular value of $\\Delta W$ / largest", ylim=(0, 1.05))
    ax.legend(loc="center right")


def _kind(row):
    return row["name"].split(".", 2)[2]
