"""Pictures of attacks: the loss around an example, a ball with its steps, and what training against an opponent buys."""

from statistics import mean

from matplotlib.patches import Circle

from minilora.plots.style import COLOURS, new_figure

LOOKS = {  # told apart without colour, too
    "plain": {"color": COLOURS["full"], "marker": "o"},
    "article C": {"color": COLOURS["base"], "marker": "D"},
    "FGM": {"color": COLOURS["lora"], "marker": "s"},
}


def loss_along(lengths, losses, delta):
    """Losses of one example moved by each length. losses: {direction: losses}; all named "random..." are drawn alike."""
    with new_figure(figsize=(6.6, 3.8)) as (figure, ax):
        shown = set()
        lines = {"gradient": {"color": COLOURS["lora"], "lw": 2.4}, "random": {"color": COLOURS["base"], "ls": "--", "lw": 1}}
        for name, values in losses.items():
            kind = "random" if name.startswith("random") else "gradient"
            label = {"gradient": "along the gradient", "random": "random directions"}[kind]
            ax.plot(lengths, values, label=None if kind in shown else label, **lines[kind])
            shown.add(kind)
        for side in (-delta, delta):
            ax.axvline(side, color="black", ls=":", lw=1)
        ax.annotate(r"$\delta$", (delta, 1), xycoords=("data", "axes fraction"), xytext=(4, -10), textcoords="offset points")
        ax.annotate(r"$-\delta$", (-delta, 1), xycoords=("data", "axes fraction"), xytext=(4, -10), textcoords="offset points")
        ax.set(xlabel="length of the move", ylabel="loss of the text (nats)")
        ax.legend(loc="upper center")
        return figure


def ball(u, v, L, delta, paths):
    """Level lines of a loss in a plane, the circle of radius delta, and paths from the origin.

    The first coordinate is along the gradient at the origin. u, v: coordinates of the grid;
    L: (len(v), len(u)). paths: {name: points (x, y), the origin first}.
    """
    looks = ({"color": COLOURS["lora"], "marker": "s"}, {"color": COLOURS["full"], "marker": "o", "ls": "--"})
    with new_figure(figsize=(5.6, 4.6)) as (figure, ax):
        lines = ax.contour(u, v, L, levels=14, colors=COLOURS["base"], linewidths=0.8)
        ax.clabel(lines, fontsize=7, fmt="%.2f")
        ax.add_patch(Circle((0, 0), delta, fill=False, color="black", ls=":", lw=1.4))
        for (name, points), look in zip(paths.items(), looks, strict=False):
            ax.plot(*zip(*points, strict=True), ms=5, lw=1.8, label=name, **look)
        ax.plot(0, 0, "*", color="black", ms=11)
        ax.set(xlabel="along the gradient", ylabel="at right angles to it", aspect="equal")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(paths), fontsize=9)
        return figure


def loss_under_attack(found):
    """Loss and share of right guesses under each attack, a line for each way of training, all its seeds as points.

    found: {way: [{attack: {"loss", "right"}}, one for each seed]}.
    """
    panels = (("loss", "cross-entropy (nats)"), ("right", "share of characters guessed right"))
    with new_figure(1, 2, figsize=(9.2, 3.6)) as (figure, axes):
        for ax, (measure, ylabel) in zip(axes, panels, strict=True):
            for way, runs in found.items():
                attacks, look = list(runs[0]), LOOKS[way]
                rows = [[run[attack][measure] for run in runs] for attack in attacks]
                ax.plot(attacks, [mean(row) for row in rows], color=look["color"], lw=1.2)
                ax.plot([], [], lw=1.2, ms=5, mfc="none", label=way, **look)
                for attack, row in zip(attacks, rows, strict=True):
                    ax.plot([attack] * len(row), row, ls="none", ms=5, mfc="none", **look)
            ax.set(xlabel="attack on the embeddings", ylabel=ylabel)
        axes[0].legend(loc="upper left")
        return figure


def shifted_optimum(target, answers):
    """Bars: the distribution of the text, and what each loss makes of it. answers: {name: probabilities}."""
    everything = {"the text": target, **answers}
    hatches, colours = ("", "///", "..."), (COLOURS["init"], COLOURS["full"], COLOURS["lora"])
    with new_figure(figsize=(6.6, 3.2)) as (figure, ax):
        width = 0.8 / len(everything)
        for i, (name, p) in enumerate(everything.items()):
            places = [k + (i - 1) * width for k in range(len(p))]
            ax.bar(places, p, width, color=colours[i], edgecolor="black", hatch=hatches[i], lw=0.6, label=name)
        ax.set_xticks(range(len(target)), [f"{value:g}" for value in target])
        ax.set(xlabel="character, by its probability in the text", ylabel="probability that is answered")
        ax.legend()
        return figure
