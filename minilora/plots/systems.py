"""Pictures of the five systems beside full tuning and LoRA."""

from statistics import mean

from minilora.plots.style import COLOURS, new_figure

ARTICLES = {  # told apart without colour, too: the references, then the articles
    "": ("compared with", COLOURS["base"], "*"),
    "A": ("article A", "#0072B2", "o"),
    "B": ("article B", "#D55E00", "s"),
    "C": ("article C", "#009E73", "^"),
    "D": ("article D", "#CC79A7", "D"),
    "E": ("article E", "#B8860B", "v"),
}

# Where a number may stand, in points from its place: nearest first, and first between the bars of the range.
AROUND = ((1, 1), (-1, 1), (1, -1), (-1, -1), (1.4, 0), (0, 1.4), (-1.4, 0), (0, -1.4))
SPOTS = [(r * dx, r * dy) for r in (12, 20, 28, 40, 52) for dx, dy in AROUND]


def learned_against_forgotten(contest, titles, articles, described):
    """Each contestant by its loss on the base text (right: forgotten) and on the target (down: learned), mean and range.

    contest: {name: [measures, one for each seed]} with base_loss, target_loss. titles, articles: {name: str}. described: names of
    the systems as their articles describe them, drawn filled.
    """
    with new_figure(figsize=(10.5, 6)) as (figure, ax):
        points = _points(contest, "base_loss", "target_loss")
        _draw(ax, points, titles, articles, described)
        ax.set(xlabel="loss on the base text, nats (right: forgotten)", ylabel="loss on the target, nats (down: learned)")
        return figure


def loss_against_values(contest, titles, articles, described):
    """Each contestant by its trained values and its loss on the target, mean and range; the base is a line."""
    with new_figure(figsize=(10.5, 6)) as (figure, ax):
        trained = {name: rows for name, rows in contest.items() if rows[0]["trained_values"]}
        _draw(ax, _points(trained, "trained_values", "target_loss"), titles, articles, described)
        if "base" in contest:
            loss = contest["base"][0]["target_loss"]
            ax.axhline(loss, color=COLOURS["base"], ls=":", lw=1)
            ax.text(0.01, loss, titles["base"], transform=ax.get_yaxis_transform(), va="bottom", fontsize=8)
        ax.set_xscale("log")
        ax.set(xlabel="trained values", ylabel="loss on the target, nats")
        return figure


def rank_of_change(contest, titles, articles):
    """Two bars a contestant: the rank of Delta W, and of W + Delta W, means over the blocks' matrices and the seeds."""
    rows = {name: runs for name, runs in contest.items() if runs[0]["rank"] is not None}
    with new_figure(figsize=(8.6, 0.34 * len(rows) + 1.2)) as (figure, ax):
        for i, (name, runs) in enumerate(reversed(rows.items())):
            colour = ARTICLES[articles[name]][1]
            change, total = (mean(run[key] for run in runs) for key in ("change_rank", "rank"))
            ax.barh(i + 0.2, total, height=0.36, color="white", edgecolor=colour, hatch="///", lw=0.8)
            ax.barh(i - 0.2, change, height=0.36, color=colour)
            ax.text(change + 0.5, i - 0.2, f"{change:.0f}", va="center", fontsize=7)
        ax.barh([0], [0], color=COLOURS["base"], label="rank of $\\Delta W$")
        ax.barh([0], [0], color="white", edgecolor=COLOURS["base"], hatch="///", label="rank of $W + \\Delta W$")
        ax.set_yticks(range(len(rows)), [titles[name] for name in reversed(rows)], fontsize=8)
        ax.set(xlabel="rank, mean over the blocks' matrices")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8)
        return figure


def _points(contest, x, y):
    """{name: ((mean, low, high) of x, the same of y)}."""
    return {name: tuple(_spread([row[key] for row in rows]) for key in (x, y)) for name, rows in contest.items()}


def _spread(values):
    return mean(values), min(values), max(values)


def _draw(ax, points, titles, articles, described):
    """Numbered points with their ranges; the numbers are explained beside the axes."""
    lines = []
    for number, (name, (x, y)) in enumerate(points.items(), 1):
        _, colour, marker = ARTICLES[articles[name]]
        errors = [[[side[0] - side[1]], [side[2] - side[0]]] for side in (x, y)]
        filled = name in described or not articles[name]
        look = {"color": colour, "marker": marker, "ms": 10 if marker == "*" else 7, "mfc": colour if filled else "white"}
        ax.errorbar(x[0], y[0], xerr=errors[0], yerr=errors[1], ls="none", elinewidth=0.8, capsize=2, **look)
        handle = ax.plot([], [], ls="none", **look)[0]
        lines.append((handle, f"{number}  {titles[name]}"))
    handles, labels = zip(*lines, strict=True)
    about = "filled: as described; hollow: published neighbour"
    ax.legend(handles, labels, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5), title=about, title_fontsize=8)
    ax.margins(0.08)
    _number(ax, [(x[0], y[0]) for x, y in points.values()])


def _number(ax, places):
    """Write 1, 2, ... beside the places, each at the first free spot around it."""
    ax.figure.draw_without_rendering()
    taken = [tuple(ax.transData.transform(place)) for place in places]
    for number, place in enumerate(places, 1):
        x, y = ax.transData.transform(place)
        for dx, dy in SPOTS:
            if all(abs(x + dx - u) > 15 or abs(y + dy - v) > 13 for u, v in taken):
                break
        taken.append((x + dx, y + dy))
        scale = 72 / ax.figure.dpi
        arrow = {"arrowstyle": "-", "lw": 0.5, "color": COLOURS["init"]} if max(abs(dx), abs(dy)) > 20 else None
        offset = {"xytext": (dx * scale, dy * scale), "textcoords": "offset points", "arrowprops": arrow}
        ax.annotate(str(number), place, fontsize=8, ha="center", va="center", **offset)
