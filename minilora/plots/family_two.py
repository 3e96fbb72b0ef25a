"""Pictures of the methods that train few values: their shapes, the ranks and spectra they reach, and what comes of it."""

from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter

from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure

MARKERS = "osD^vPX<>*hp"
GREYS = ("#222222", "#888888")
LETTER = 6.5  # the width of a letter of a label, in the units of FAMILY

FAMILY = (  # name, and the parts: a sign, or a label, height, width and look
    (r"LoRA:  $s\,BA$", (("B\n64 x 4", 64, 4, "trained"), ("A\n4 x 64", 4, 64, "trained"))),
    (
        r"AdaLoRA:  $s\,P\,\mathrm{diag}(\lambda)\,Q$",
        (("P\n64 x 4", 64, 4, "trained"), ("λ", 4, 4, "diagonal"), ("Q\n4 x 64", 4, 64, "trained")),
    ),
    (
        r"VeRA:  $\mathrm{diag}(b)\,B\,\mathrm{diag}(d)\,A$",
        (("b: 64", 64, 64, "diagonal"), ("B", 64, 64, "frozen"), ("d: 64", 64, 64, "diagonal"), ("A", 64, 64, "frozen")),
    ),
    (
        r"LoRA-XS:  $s\,B R A$",
        (("B", 64, 22, "frozen"), ("R\n22 x 22", 22, 22, "trained"), ("A", 22, 64, "frozen")),
    ),
    (r"SVFT:  $s\,U M V^T$", (("U", 64, 64, "frozen"), ("M: a band", 64, 64, "band"), ("$V^T$", 64, 64, "frozen"))),
    (
        r"LoHa:  $s\,(B_1 A_1) * (B_2 A_2)$",
        (
            *(("B1\n64 x 2", 64, 2, "trained"), ("A1\n2 x 64", 2, 64, "trained"), "*"),
            *(("B2\n64 x 2", 64, 2, "trained"), ("A2\n2 x 64", 2, 64, "trained")),
        ),
    ),
    (r"LoKr:  $s\,C \otimes D$", (("C\n4 x 4", 4, 4, "trained"), r"$\otimes$", ("D\n16 x 16", 16, 16, "trained"))),
    (r"GaLore, Flora:  $W - P N$, again and again", (("P\n64 x 4", 64, 4, "frozen"), ("N\n4 x 64", 4, 64, "trained"))),
)


def family_shapes():
    """Eight methods with 128 to 516 trained values each, for in = out = 64, as `shapes` draws them."""
    return shapes(FAMILY)


def shapes(rows, columns=2):
    """What each method multiplies, to one scale: trained parts filled, frozen ones pale.

    rows: (name, parts), a part a sign or (label, height, width, look), look one of "trained", "frozen", "diagonal", "band".
    """
    tallest = max(part[1] for _, parts in rows for part in parts if not isinstance(part, str))
    lines = -(-len(rows) // columns)
    widest = max(sum(map(_room, parts)) for _, parts in rows)
    with new_figure(lines, columns, figsize=(3.85 * columns, 1.75 * lines), squeeze=False) as (figure, axes):
        for ax in axes.flat:
            ax.set_axis_off()
        for ax, (name, parts) in zip(axes.flat, rows, strict=False):
            ax.set_title(name, fontsize=10.5, loc="left")
            x = 0.0
            for part in parts:
                middle = x + _room(part) / 2
                x += _room(part)
                if isinstance(part, str):
                    ax.text(middle, tallest / 2, part, ha="center", va="center", fontsize=12)
                    continue
                label, height, width, look = part
                bottom = (tallest - height) / 2
                _block(ax, middle - width / 2, bottom, height, width, look)
                ax.text(middle, bottom - 0.04 * tallest, label, ha="center", va="top")
            ax.set(xlim=(0, widest), ylim=(-0.42 * tallest, 1.02 * tallest), aspect="equal", anchor="W")
        return figure


def _room(part):
    """How wide a part's place is: the part or its label, whichever is wider, and a gap."""
    if isinstance(part, str):
        return 9
    label, _, width, _ = part
    return max(width, LETTER * max(map(len, label.split("\n")))) + 9


def _block(ax, left, bottom, height, width, look):
    pale, full = {"fc": "#E4E4E4", "ec": COLOURS["base"], "lw": 0.8}, {"color": COLOURS["lora"]}
    ax.add_patch(Rectangle((left, bottom), width, height, **(full if look == "trained" else pale)))
    if look in ("diagonal", "band"):
        thick = 2.0 if look == "diagonal" else 5.0
        ends = ([left, left + width], [bottom + height, bottom])
        (line,) = ax.plot(*ends, lw=thick, solid_capstyle="butt", **full)
        line.set_clip_path(ax.patches[-1])


def spectra_of_shapes(curves):
    """Singular values of Delta W, each curve divided by its largest. curves: {label: values, falling, without the zeros}."""
    with new_figure(figsize=(7.0, 4.8)) as (figure, ax):
        for i, (label, sigma) in enumerate(curves.items()):
            line, index = LINES[i % len(LINES)], range(1, len(sigma) + 1)
            shade = {"color": line["color"] if i < len(LINES) else GREYS[i % 2], "ls": line["ls"]}
            ax.plot(index, [value / sigma[0] for value in sigma], lw=1.6, label=f"{label}: rank {len(sigma)}", **shade)
            ax.plot(len(sigma), sigma[-1] / sigma[0], MARKERS[i], ms=6, color=shade["color"])
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set(xlabel="index of the singular value", ylabel=r"singular value of $\Delta W$ / largest", ylim=(0, 1.05))
        figure.legend(loc="outside lower center", ncols=2)
        return figure


def rank_by_step(curves, r, every):
    """The rank of W's change after each step, with a line at each restart or draw and a level at each multiple of r.

    curves: {label: ranks, one a step}.
    """
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for i, (line, (label, ranks)) in enumerate(zip(LINES, curves.items(), strict=False)):
            steps = range(1, len(ranks) + 1)
            ax.plot(steps, [rank + 0.12 * i for rank in ranks], ms=4, label=label, **line)
        length = max(map(len, curves.values()))
        for step in range(every, length, every):
            ax.axvline(step + 0.5, color=COLOURS["init"], ls=":", lw=1)
        highest = max(map(max, curves.values()))
        ax.set_yticks(range(0, highest + 1, r))
        ax.set_xlabel(f"step (dotted: after every {every}; lines drawn a little apart)")
        ax.set(ylabel=r"rank of $W - W_0$", ylim=(0, None))
        ax.legend()
        return figure


def shares(panels):
    """Which share of a wanted change each shape can hold: a panel for each kind of change, a dot for each matrix.

    panels: {title: {label: shares}}.
    """
    labels = list(next(iter(panels.values())))
    with new_figure(1, len(panels), figsize=(1.85 * len(panels) + 2.1, 3.3), sharey=True, squeeze=False) as (figure, axes):
        for ax, (title, found) in zip(axes[0], panels.items(), strict=True):
            for i, label in enumerate(labels):
                values = found[label]
                ax.plot(values, [i] * len(values), "o", ms=4, color=COLOURS["lora"], alpha=0.35, mew=0)
                ax.plot([sum(values) / len(values)], [i], "|", ms=16, mew=2, color="black")
            ax.set(xlim=(-0.03, 1.03), ylim=(len(labels) - 0.5, -0.5), xticks=(0, 0.5, 1))
            ax.set_title(title, fontsize=10)
        axes[0][0].set_yticks(range(len(labels)), [label.replace(", ", "\n", 1) for label in labels])
        figure.supxlabel("share of the change that the best fit holds   (bar: mean over the matrices)", fontsize=10)
        return figure


def contest(entries, base, count="values", xlabel="trained values", beside=()):
    """Held-out loss against what is trained: a mark for each entry, the range over seeds. The base stands in the corner.

    entries: dicts with method, size, losses and `count`. base: the loss before. beside: methods drawn as open marks.
    """
    methods = list(dict.fromkeys(entry["method"] for entry in entries))
    with new_figure(figsize=(7.2, 4.2)) as (figure, ax):
        for i, method in enumerate(methods):
            rows = sorted((entry for entry in entries if entry["method"] == method), key=lambda entry: entry[count])
            x = [row[count] for row in rows]
            means = [sum(row["losses"]) / len(row["losses"]) for row in rows]
            spread = [[m - min(row["losses"]) for m, row in zip(means, rows, strict=True)],
                      [max(row["losses"]) - m for m, row in zip(means, rows, strict=True)]]  # fmt: skip
            colour = LINES[i % len(LINES)]["color"]
            face = {"mfc": "white"} if method in beside else {}
            look = {"color": colour, "marker": MARKERS[i % len(MARKERS)], "ms": 7, "lw": 0.8, "ls": LINES[i // 4 % 4]["ls"]}
            ax.errorbar(x, means, spread, capsize=3, label=method, **look, **face)
        ax.set_title(f"before training: {base:.3f}", fontsize=10, loc="right", color=COLOURS["base"])
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set(xlabel=xlabel, ylabel="held-out loss on code (nats)")
        if methods:
            ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        return figure
