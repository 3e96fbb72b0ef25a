"""Pictures of a product of two factors: the loss as a function of both, and what gradient descent makes of its freedom."""

from minilora.plots.lines import LINES
from minilora.plots.style import COLOURS, new_figure


def valley(a, b, losses, best, paths):
    """Contours of the loss over two sizes, of A and of B; the curve a b = best, its lowest line; and paths of descent.

    losses: a row for each b. paths: {label: [(a, b), ...]}; each is drawn with its first and last point marked.
    """
    with new_figure(figsize=(6.4, 7.6)) as (figure, ax):
        shades = ax.contourf(a, b, losses, levels=16, cmap="Greys", alpha=0.55)
        ax.contour(a, b, losses, levels=16, colors="white", linewidths=0.6)
        line = [(best / y, y) for y in b if y > 0 and a[0] <= best / y <= a[-1]]
        ax.plot(*zip(*line, strict=True), color="black", ls=":", lw=1.6, label=f"a b = {best:.2f}, the lowest")
        looks = [*LINES[:3], {"color": "#CC79A7", "ls": (0, (5, 1)), "marker": "v"}, LINES[3]]
        for look, (label, points) in zip(looks, paths.items(), strict=False):
            x, y = zip(*points, strict=True)
            ax.plot(x, y, color=look["color"], ls=look["ls"], lw=1.8, label=label)
            ax.plot(x[0], y[0], look["marker"], color=look["color"], mfc="white", ms=8)
            ax.plot(x[-1], y[-1], look["marker"], color=look["color"], ms=8)
        ax.axhline(0, color=COLOURS["base"], lw=0.6)
        ax.set(xlabel="a, the size of A", ylabel="b, the size of B", xlim=(a[0], a[-1]), ylim=(b[0], b[-1]), aspect="equal")
        figure.legend(fontsize=9, loc="outside lower center", ncols=2, title="open: start; filled: end", title_fontsize=9)
        ax.grid(False)
        figure.colorbar(shades, ax=ax, label="loss (nats)", shrink=0.8)
        return figure


def drifts(rows):
    """How far M is from its start, against the share of the run. rows: {label: (shares, [drifts of each seed])}."""
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for look, (label, (times, runs)) in zip(LINES, rows.items(), strict=False):
            columns = list(zip(*runs, strict=True))[1:]
            middle = [sum(column) / len(column) for column in columns]
            every = max(1, len(middle) // 8)
            ax.plot(times[1:], middle, ms=5, markevery=every, label=label, **look)
            ax.fill_between(times[1:], *(list(map(edge, columns)) for edge in (min, max)), color=look["color"], alpha=0.15, lw=0)
        ax.set(xlabel="share of the run", ylabel=r"$|M - M_0| / |M_0|$,  $M = B^T B - A A^T$", yscale="log")
        ax.legend(fontsize=9)
        return figure
