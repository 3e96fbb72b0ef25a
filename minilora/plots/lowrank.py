"""Pictures of the analyses: matrices and what their singular values tell. Each takes the data of the analysis of its name."""

from matplotlib import colormaps

from minilora.plots.lines import LINES, band, power_axis
from minilora.plots.lowrank_runs import change, forgetting, gauge, intrinsic_dimension, intruders, rank, which_weights
from minilora.plots.style import COLOURS, new_figure


def eckart_young(data):
    """Left: the error of each rank, from the tail (lines) and measured (marks). Right: a random sketch's over the least."""
    with new_figure(1, 2, figsize=(9.6, 3.8)) as (figure, (left, right)):
        kinds = {}
        for row in data["tails"]:
            kinds[_kind(row["name"])] = row  # the last block's
        for (kind, row), shade in zip(kinds.items(), shades(len(kinds)), strict=True):
            ranks = range(1, len(row["exact"]) + 1)
            left.plot(ranks, row["exact"], color=shade, lw=1, label=kind)
            left.plot(ranks[::6], row["measured"][::6], "o", color=shade, ms=3)
        left.set(xlabel="rank", ylabel="error / size of W", ylim=(0, 1))
        left.set_title("lines: the tail; marks: measured", fontsize=10)
        left.legend(fontsize=8, title="last block", title_fontsize=8)
        for line, passes in zip(LINES, dict.fromkeys(row["passes"] for row in data["sketches"]), strict=False):
            rows = [row for row in data["sketches"] if row["passes"] == passes]
            ranks = [row["rank"] for row in rows]
            band(right, ranks, [row["ratios"] for row in rows], line, f"{passes} power passes")
            right.plot(ranks, [row["bound"] for row in rows], color=line["color"], ls=line["ls"], lw=1, alpha=0.5)
            about = {"ha": "right", "fontsize": 8, "color": line["color"]}
            right.text(ranks[-1], rows[-1]["bound"] * 1.08, f"bound on the mean, {passes} passes", **about)
        power_axis(right, ranks, "rank")
        right.set(ylabel="error of the sketch / least error", yscale="log")
        right.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
        right.minorticks_off()
        right.legend(fontsize=8, loc="center right")
        return figure


def spectra(data):
    """Singular values of the last block before training (above) and after, with density and edge of the matching noise."""
    rows = list({_kind(row["name"]): row for row in data["matrices"]}.items())
    parts = (("before", "initial", COLOURS["base"]), ("after", "trained", COLOURS["full"]))
    with new_figure(2, len(rows), figsize=(2.1 * len(rows), 4.4), squeeze=False) as (figure, axes):
        for line, (key, part, colour) in zip(axes, parts, strict=True):
            for ax, (kind, row) in zip(line, rows, strict=True):
                noise = row["noise"][part]
                width = max(row[key][0], noise["edge"]) / 16
                counts, *_ = ax.hist(row[key], [width * i for i in range(18)], color=colour, alpha=0.4)
                heights = [len(row[key]) * width * value for value in noise["density"]]
                ax.plot(noise["s"], heights, color=colour, lw=1.4)
                ax.axvline(noise["edge"], color="black", ls=":", lw=1)
                ax.set_title(f"{kind}, {part}\n{noise['count']} beyond noise", fontsize=8)
                ax.set_ylim(0, 1.1 * max(*counts, *heights))
                ax.tick_params(labelsize=8)
        figure.supxlabel("singular value   (curve: density of noise; dotted: its edge)", fontsize=10)
        figure.supylabel("how many", fontsize=10)
        return figure


def truncation(data):
    """Held-out loss against the rank, a panel for all matrices and for each kind, a line for each weighing."""
    names = {"plain": "plain", "fisher": "Fisher-weighted", "activation": "activation-aware"}
    with new_figure(2, 4, figsize=(11, 5.2), squeeze=False) as (figure, axes):
        for ax, (kind, curves) in zip(axes.flat, data["curves"].items(), strict=False):
            for line, (way, curve) in zip(LINES, curves.items(), strict=False):
                ranks = [row["rank"] for row in curve]
                ax.plot(ranks, [row["loss"] for row in curve], ms=3.5, lw=1.2, label=names[way], **line)
            ax.axhline(data["uncut"], color=COLOURS["base"], ls=":", lw=1)
            ax.set_title("all matrices" if kind == "all" else kind, fontsize=10)
            power_axis(ax, ranks, "")
        for ax in axes.flat[len(data["curves"]) :]:
            ax.set_axis_off()
        handles, labels = axes[0][0].get_legend_handles_labels()
        axes.flat[-1].legend(handles, labels, loc="center", fontsize=9, title="dotted: not truncated", title_fontsize=9)
        figure.supxlabel("rank that these matrices are cut to", fontsize=10)
        figure.supylabel("held-out loss (nats)", fontsize=10)
        return figure


def subspaces(data):
    """phi(i, j) as maps: a row for each matrix of the last block, a column for each comparison, random matrices last."""
    grids = {_kind(name): grid for name, grid in data["grids"].items()}
    small, large = data["ranks"]
    titles = {
        "ranks": f"A: r = {small} and {large}", "seeds": "A: two seeds",
        "ranks of Delta W": rf"$\Delta W$: r = {small} and {large}",
        "seeds of Delta W": r"$\Delta W$: two seeds", "random": "random",
    }  # fmt: skip
    with new_figure(len(grids), len(titles), figsize=(12, 2.6 * len(grids)), squeeze=False) as (figure, axes):
        for line, (kind, comparisons) in zip(axes, grids.items(), strict=True):
            for ax, (key, title) in zip(line, titles.items(), strict=True):
                grid = comparisons[key]
                size = (0.5, len(grid[0]) + 0.5, len(grid) + 0.5, 0.5)
                image = ax.imshow(grid, cmap="Greys", vmin=0, vmax=1, aspect="auto", extent=size)
                ax.set_title(f"{kind}  {title}", fontsize=9)
                ax.grid(False)
                ax.set(xlabel="j", ylabel="i")
        figure.colorbar(image, ax=axes, label=r"$\phi(i, j)$", shrink=0.8)
        return figure


def amplification(data):
    """Bars for each kind of layer: W in Delta W's directions, in its own, in random ones. Right: the factors."""
    rows = [row for row in data["rows"] if row["run"] == "LoRA"]
    kinds = list(dict.fromkeys(_kind(row["name"]) for row in rows))
    ranks = list(dict.fromkeys(row["r"] for row in rows))
    looks = (
        ("weights", "W's own", COLOURS["full"], ""),
        ("own", r"$\Delta W$'s", COLOURS["lora"], "//"),
        ("random", "random", COLOURS["init"], ".."),
    )
    with new_figure(1, len(ranks) + 1, figsize=(12, 3.7)) as (figure, axes):
        for ax, r in zip(axes, ranks, strict=False):
            for i, (key, label, colour, hatch) in enumerate(looks):
                heights = [_mean(row[key] for row in rows if row["r"] == r and _kind(row["name"]) == kind) for kind in kinds]
                places = [j + (i - 1) * 0.27 for j in range(len(kinds))]
                ax.bar(places, heights, 0.25, color=colour, hatch=hatch, edgecolor="white", label=label)
            ax.set_title(f"LoRA r = {r}: size of W in {r} directions", fontsize=10)
            ax.set_ylabel("Frobenius norm")
        axes[0].legend(fontsize=8)
        cases = list(dict.fromkeys((row["run"], row["r"]) for row in data["rows"]))
        for i, (line, (run, r)) in enumerate(zip(LINES, cases, strict=False)):
            found = [[row["factor"] for row in data["rows"] if (row["run"], row["r"]) == (run, r) and _kind(row["name"]) == kind]
                     for kind in kinds]  # fmt: skip
            places = [j + (i - 1.5) * 0.1 for j in range(len(kinds))]
            axes[-1].plot(places, [_mean(values) for values in found], ms=5, label=f"{run}, r = {r}", **{**line, "ls": "none"})
        axes[-1].set(yscale="log")
        axes[-1].set_title("amplification factor", fontsize=10)
        axes[-1].legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
        for ax in axes:
            ax.set_xticks(range(len(kinds)), [kind.split(".")[1] for kind in kinds])
        return figure


def features(data):
    """Texts by the first two features of PCA and of LDA; and accuracy against the number of features."""
    markers = "osD^v*"
    colours = (COLOURS["full"], COLOURS["lora"], COLOURS["extra"], COLOURS["base"], "#CC79A7", "#E69F00")
    with new_figure(1, 3, figsize=(12, 3.9)) as (figure, (first, second, right)):
        for ax, way in ((first, "PCA"), (second, "LDA")):
            for marker, colour, (name, points) in zip(markers, colours, data["points"][way].items(), strict=False):
                x, y = zip(*points, strict=True)
                ax.plot(x, y, marker, ms=3.5, color=colour, alpha=0.6, ls="none", label=name, mfc="none")
            ax.set(xlabel=f"{way} feature 1", ylabel=f"{way} feature 2")
            ax.set_title(f"held-out texts, {way}", fontsize=10)
            ax.locator_params(nbins=5)
        first.legend(fontsize=8)
        for line, (way, rows) in zip(LINES, data["accuracy"].items(), strict=False):
            band(right, [row["k"] for row in rows], [row["values"] for row in rows], line, way)
        right.axhline(1 / len(data["classes"]), color=COLOURS["base"], ls=":", lw=1)
        right.text(data["ks"][-1], 1 / len(data["classes"]), "chance", fontsize=9, ha="right", va="bottom", color=COLOURS["base"])
        power_axis(right, data["ks"], "number of features")
        right.set(ylabel="accuracy, nearest class mean")
        right.legend(fontsize=8)
        return figure


def _kind(name):
    return name.split(".", 2)[2]


def _mean(numbers):
    numbers = list(numbers)
    return sum(numbers) / len(numbers)


def shades(count):
    """Colours from dark to light, apart in grey too."""
    return [colormaps["viridis"](0.9 * i / max(1, count - 1)) for i in range(count)]


PICTURES = {
    "eckart-young": eckart_young,
    "spectra": spectra,
    "truncation": truncation,
    "change": change,
    "which-weights": which_weights,
    "rank": rank,
    "subspaces": subspaces,
    "amplification": amplification,
    "intrinsic-dimension": intrinsic_dimension,
    "intruders": intruders,
    "forgetting": forgetting,
    "gauge": gauge,
    "features": features,
}
