"""Pictures of lesson 28: the two rotary layouts, and the singular values of a real model's layers beside noise."""

from matplotlib.patches import Arc, Rectangle

from minilora.plots.lines import LINES
from minilora.plots.lowrank import shades
from minilora.plots.style import new_figure

NOISE = {"shuffled": "its own entries, shuffled", "bulk": "the noise of its median", "rounding": "what rounding put in"}


def layouts(rows):
    """The rows of a head, as boxes, in the order of a file and in another; what is turned together is joined by an arc.

    rows: {title: numbers of the rows in the file}, the two rows of point j next to each other in the file.
    """
    with new_figure(len(rows), 1, figsize=(7.6, 1.75 * len(rows)), sharex=True) as (figure, axes):
        for ax, (title, numbers) in zip(axes, rows.items(), strict=True):
            points = max(numbers) // 2 + 1
            colours = shades(points)
            for place, number in enumerate(numbers):
                j, c = divmod(number, 2)
                ax.add_patch(Rectangle((place - 0.45, -0.45), 0.9, 0.9, fc=colours[j], ec="black", alpha=0.55 if c else 0.9))
                colour = "white" if c == 0 and j < points / 2 else "black"
                ax.text(place, 0, f"{number}", ha="center", va="center", color=colour, fontsize=11, fontweight="bold")
            for j in range(points):
                a, b = (numbers.index(2 * j + c) for c in (0, 1))
                arc = {"width": b - a, "height": 0.5 + 0.22 * (b - a), "theta1": 0, "theta2": 180, "color": colours[j], "lw": 1.8}
                ax.add_patch(Arc(((a + b) / 2, 0.5), **arc))
                ax.text(a, -0.85, f"point {j}", ha="center", va="center", fontsize=8)
            ax.set(xlim=(-0.8, len(numbers) - 0.2), ylim=(-1.15, 1.6))
            ax.set_title(title, fontsize=10)
            ax.set_axis_off()
        return figure


def spectra(rows):
    """Singular values over the edge of noise, a panel for each kind of matrix, a line for each block (dark: early).

    rows: as of `against_noise`, of some blocks. Dashed: the entries of the last block, shuffled. Dotted: the edge of rounding
    noise, in the mean of the blocks, and its range.
    """
    kinds = _by_kind(rows)
    with new_figure(2, 4, figsize=(10.6, 5.2), sharey=True) as (figure, axes):
        for ax, (kind, found) in zip(axes.flat, kinds.items(), strict=False):
            for row, shade in zip(found, shades(len(found)), strict=True):
                edge = row["shuffled"][1]
                index = range(1, len(row["values"]) + 1)
                ax.plot(index, [value / edge for value in row["values"]], color=shade, lw=1.4, label=f"block {_block(row)}")
            ax.plot(index, [value / edge for value in row["shuffled values"]], "k--", lw=1.2, label="its entries, shuffled")
            relative = [row["rounding"][1] / row["shuffled"][1] for row in found]
            ax.axhspan(min(relative), max(relative), color="black", alpha=0.25, lw=0)
            ax.axhline(sum(relative) / len(relative), color="black", ls=":", lw=1.2, label="edge of the rounding")
            ax.set_title(kind, fontsize=10)
            ax.set(yscale="log", ylim=(0.01, 10))
        for ax in axes.flat[len(kinds) :]:
            ax.set_axis_off()
        axes.flat[-1].legend(*axes.flat[0].get_legend_handles_labels(), loc="center", fontsize=9)
        figure.supxlabel("index of the singular value", fontsize=10)
        figure.supylabel("singular value / edge of the shuffled entries' noise", fontsize=10)
        return figure


def beyond(rows, key="shuffled"):
    """The share of a matrix's singular values that are beyond the edge of a kind of noise, against the block.

    rows: as of `all_spectra`: name, count, and under `key` how many are beyond.
    """
    kinds = _by_kind(rows)
    rooms = {"attention": [kind for kind in kinds if kind.startswith("attn")]}
    rooms["MLP"] = [kind for kind in kinds if kind not in rooms["attention"]]
    with new_figure(1, 2, figsize=(8.6, 3.4), sharey=True) as (figure, axes):
        for ax, (room, there) in zip(axes, rooms.items(), strict=True):
            for line, kind in zip(LINES, there, strict=False):
                shares = [row[key][2] / row["count"] for row in kinds[kind]]
                ax.plot([_block(row) for row in kinds[kind]], shares, ms=3.5, lw=1.1, label=kind.split(".")[1], **line)
            ax.set_title(room, fontsize=10)
            ax.set(xlabel="block", ylim=(0, None))
            ax.legend(fontsize=9, ncols=2)
        axes[0].set_ylabel(f"share beyond {NOISE[key]}")
        return figure


def changed(rows):
    """How much of W lies in r directions, over what random ones hold: in those of its change, and in W's own, against the block.

    rows: as of the analysis `amplification`, of several runs.
    """
    kinds = _by_kind(rows)
    with new_figure(1, len(kinds), figsize=(4.3 * len(kinds), 3.3), sharey=True, squeeze=False) as (figure, axes):
        for ax, (kind, found) in zip(axes[0], kinds.items(), strict=True):
            for line, key, label in ((LINES[0], "weights", "W's own directions"), (LINES[1], "own", "those of its change")):
                look = {**line, "ls": "none", "mfc": "none"}
                ax.plot([_block(row) for row in found], [row[key] / row["random"] for row in found], ms=6, label=label, **look)
            ax.axhline(1, color="black", ls=":", lw=1)
            ax.text(0, 0.72, "dotted: random directions", fontsize=9, va="top")
            ax.set_title(kind, fontsize=10)
            ax.set(xlabel="block", yscale="log", ylim=(0.5, 200))
            ax.legend(fontsize=9)
        axes[0][0].set_ylabel(f"W in {rows[0]['r']} directions / in random ones")
        return figure


def adaptation(found):
    """Losses of the steps (thin) of several seeds, and held-out losses before and after (marks). found: rows of `adaptation`."""
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for line, run in zip(LINES, found, strict=False):
            steps, losses = range(1, len(run["losses"]) + 1), run["losses"]
            ax.plot(steps, losses, color=line["color"], ls=line["ls"], lw=0.8, alpha=0.5)
            ax.plot([0, len(losses)], [run["before"], run["after"]], ms=8, lw=2, label=f"held out, seed {run['seed']}", **line)
        ax.set(xlabel="step   (thin: the loss of each step's batch)", ylabel="loss (nats a token)")
        ax.legend(fontsize=9)
        return figure


def _by_kind(rows):
    kinds = {}
    for row in rows:
        kinds.setdefault(row["name"].split(".", 2)[2], []).append(row)
    return kinds


def _block(row):
    return int(row["name"].split(".")[1])
