"""Pictures of lesson 18: what meets what when factors are added, and how far a combination is from the sum."""

from minilora.plots.style import COLOURS, new_figure


def blocks(names, products):
    """Every B_i A_j as an image, in one grey scale, with its norm; the ones that were wanted are framed.

    products: {(i, j): rows of numbers} for each pair of names: B of the first, A of the second.
    """
    size = {pair: sum(value * value for row in rows for value in row) ** 0.5 for pair, rows in products.items()}
    top = max(abs(value) for rows in products.values() for row in rows for value in row) / 3
    with new_figure(len(names), len(names), figsize=(2.1 * len(names), 2.3 * len(names)), squeeze=False) as (figure, axes):
        for i, of_B in enumerate(names):
            for j, of_A in enumerate(names):
                ax = axes[i][j]
                ax.imshow(products[of_B, of_A], cmap="gray", vmin=-top, vmax=top)
                ax.set_title(f"norm {size[of_B, of_A]:.2f}", fontsize=9)
                ax.set(xticks=[], yticks=[])
                ax.grid(False)
                for spine in ax.spines.values():
                    spine.set(visible=i == j, color=COLOURS["lora"], lw=4)
            axes[i][0].set_ylabel(f"B of {of_B}")
            axes[-1][i].set_xlabel(f"A of {names[i]}")
        return figure


def errors_by_rank(ranks, errors, points):
    """The error of the best matrix of each rank, relative to the sum, and of other combinations: {label: (rank, error)}."""
    marks = {"linear": ("s", COLOURS["lora"]), "cat": ("D", COLOURS["extra"])}
    with new_figure(figsize=(5.6, 3.2)) as (figure, ax):
        ax.plot(ranks, errors, "o-", color=COLOURS["full"], ms=5, label="svd")
        for label, (rank, error) in points.items():
            marker, colour = marks[label]
            ax.plot(rank, error, marker, color=colour, ms=9, ls="none", label=label)
        ax.set_xticks(ranks)
        ax.set(xlabel="rank of the combination", ylabel="error / norm of the sum", ylim=(-0.04, None))
        ax.legend()
        return figure
