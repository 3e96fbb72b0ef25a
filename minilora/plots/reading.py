"""A picture of how this course hangs together: one formula's tag, and the places where it stands."""

from minilora.plots.style import COLOURS, new_figure

WIDTH, HEIGHT = 4.9, 1.15  # inches of one place: two columns of them


def tag_map(tag, places):
    """The tag in the middle, around it the places that cite it, in two columns; an arrow from the tag to each.

    places: {title: text}, an even number of them, the text of one to three lines.
    """
    rows = len(places) // 2
    with new_figure(figsize=(2 * WIDTH + 1.0, rows * HEIGHT + 0.2)) as (figure, ax):
        middle = (rows - 1) / 2
        for i, (title, text) in enumerate(places.items()):
            side = -1 if i < rows else 1
            y, align = rows - 1 - i % rows, {"ha": "left" if side > 0 else "right"}
            arrow = {"arrowstyle": "-|>", "color": COLOURS["base"], "shrinkA": 26}
            box = {"boxstyle": "round,pad=0.5", "fc": "white", "ec": COLOURS["base"], "lw": 1.1}
            ax.annotate("", (0.17 * side, y), (0, middle), arrowprops=arrow)
            ax.text(0.19 * side, y, text, va="center", fontsize=8.5, family="monospace", bbox=box, multialignment="left", **align)
            ax.text(0.19 * side, y + 0.33, title, va="bottom", fontsize=9.5, weight="bold", **align)
        box = {"boxstyle": "round,pad=0.6", "fc": "#F6CFB0", "ec": COLOURS["lora"], "lw": 1.6}
        ax.text(0, middle, tag, ha="center", va="center", fontsize=13, weight="bold", bbox=box)
        ax.set(xlim=(-1, 1), ylim=(-0.6, rows - 0.3))
        ax.set_axis_off()
        return figure


def dots_by_seed(results, ylabel):
    """A dot for each seed, a bar at the mean: how far one run of each kind may mislead.

    results: {label: numbers, one for each seed}.
    """
    with new_figure(figsize=(5.2, 3.2)) as (figure, ax):
        for place, row in enumerate(results.values()):
            shifts = [0.16 * (i % 5 - 2) / 2 for i in range(len(row))]  # side by side, so that equal ones do not hide
            ax.plot([place + shift for shift in shifts], row, "o", color=COLOURS["full"], ms=4.5, alpha=0.7)
            ax.plot([place - 0.3, place + 0.3], [sum(row) / len(row)] * 2, color=COLOURS["lora"], lw=2.5)
        ax.set_xticks(range(len(results)), results)
        ax.set(ylabel=ylabel, ylim=(0, None), xlim=(-0.6, len(results) - 0.4))
        ax.grid(axis="x", visible=False)
        return figure
