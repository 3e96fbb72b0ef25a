"""Pictures of training under a bound on the rank, and of clouds of points with the directions that are found in them."""

from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure


def teeth(courses, every):
    """The held-out loss at every step, a line for each way; dotted: the steps that end with a projection.

    courses: {label: [(step, loss), ...]}; a step that stands there twice is before and after its projection.
    """
    steps = max(step for course in courses.values() for step, _ in course)
    with new_figure(figsize=(7.6, 3.8)) as (figure, ax):
        for at in range(every, steps + 1, every):
            ax.axvline(at, color=COLOURS["init"], ls=":", lw=1)
        for line, (label, course) in zip(LINES, courses.items(), strict=False):
            ax.plot(*zip(*course, strict=True), color=line["color"], ls=line["ls"], lw=1.6, label=label)
        ax.set(xlabel=f"step   (dotted: a projection, every {every})", ylabel="held-out loss (nats)", ylim=(0, None))
        ax.legend(fontsize=9)
        return figure


def ways(losses):
    """A row for each way, a dot for each seed and a bar through their mean. losses: {label: a number for each seed}."""
    with new_figure(figsize=(7.4, 0.42 * len(losses) + 1.1)) as (figure, ax):
        for i, found in enumerate(losses.values()):
            mean = sum(found) / len(found)
            ax.plot(found, [i] * len(found), "o", color=COLOURS["full"], ms=6, mfc="none")
            ax.plot([mean, mean], [i - 0.3, i + 0.3], color="black", lw=2)
        ax.set_yticks(range(len(losses)), list(losses))
        ax.invert_yaxis()
        ax.set(xlabel="held-out loss (nats)   circles: seeds, bar: their mean")
        return figure


def clouds(X, y, lines, shadows):
    """Left: points of two classes, and through their mean a line for each direction. Right: the points' shadows on each.

    X: (N, 2), y: 0 or 1. lines: {name: (dx, dy)}, of length 1. shadows: {name: coordinates (N,)}.
    """
    looks = (("o", COLOURS["full"]), ("^", COLOURS["lora"]))
    styles = dict(zip(lines, ("--", "-"), strict=False))
    with new_figure(1, 1 + len(shadows), figsize=(4.2 + 3.1 * len(shadows), 3.6)) as (figure, (left, *others)):
        centre = X.mean(axis=0)
        reach = 1.15 * abs(X - centre).max()
        for c, (marker, colour) in enumerate(looks):
            left.plot(*X[y == c].T, marker, color=colour, ms=4, mfc="none", ls="none", label=f"class {c}")
        for name, (dx, dy) in lines.items():
            ends = [(centre[0] + t * dx, centre[1] + t * dy) for t in (-reach, reach)]
            left.plot(*zip(*ends, strict=True), color="black", ls=styles[name], lw=1.5, label=name)
        left.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        left.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.18), ncol=2)
        for ax, (name, found) in zip(others, shadows.items(), strict=True):
            low, high = found.min(), found.max()
            bins = [low + (high - low) * i / 24 for i in range(25)]
            for c, (_, colour) in enumerate(looks):
                ax.hist(found[y == c], bins, color=colour, alpha=0.45, hatch="//" if c else None, label=f"class {c}")
            ax.set(xlabel=f"coordinate along {name}", ylabel="points")
            ax.legend(fontsize=8)
        return figure
