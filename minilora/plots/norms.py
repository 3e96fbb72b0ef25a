"""Pictures of normalisation: where a norm puts its rows, what is left of a gradient, what a learning rate does."""

import numpy as np

from minilora.plots.flow import flow
from minilora.plots.lines import LINES, band
from minilora.plots.style import COLOURS, new_figure

# Layer norm in steps as a graph: name, shape, place. Then what leads where: from, to, the forward formula, the backward formula.
NODES = {
    "x": ("(M, C)", 0.0, 0.8),
    "xc": ("(M, C)", 1.6, 0.8),
    "var": ("(M, 1)", 2.7, 2.0),
    "rstd": ("(M, 1)", 4.3, 2.0),
    "xhat": ("(M, C)", 5.4, 0.8),
    "y": ("(M, C)", 7.0, 0.8),
}
EDGES = (
    ("x", "xc", "F1 F2", "B7"),
    ("xc", "var", "F3", "B6"),
    ("var", "rstd", "F4", "B5"),
    ("rstd", "xhat", "F5", "B4"),
    ("xc", "xhat", "F5", "B6"),
    ("xhat", "y", "F6", "B3"),
)
PLANE = np.array([[1, -1, 0], [1, 1, -2]]) / np.sqrt([[2], [6]])  # two directions, at right angles to (1, 1, 1) and each other


def layernorm_flow():
    """The op in steps as a graph: forward formulas in black, beside each the backward formula that answers it."""
    return flow(NODES, EDGES, outer=("x", "y"), figsize=(9.2, 3.1))


def circle(x, xc, xhat, dxhat, dx):
    """Layer norm of rows of three features. Left, in space: x, centred onto a plane, stretched onto a circle. Right, in the
    plane: what comes from above at each point of the circle (pale), and what is left of it (dark).

    All (rows, 3).
    """
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = np.sqrt(3) * np.stack([np.cos(turn), np.sin(turn)], axis=-1) @ PLANE
    with new_figure(figsize=(9.6, 4.4)) as (figure, whole):
        whole.remove()
        space = figure.add_subplot(1, 2, 1, projection="3d", computed_zorder=False)
        corners = 2.3 * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) @ PLANE
        space.plot_trisurf(*corners.T, triangles=[[0, 1, 2], [0, 2, 3]], color=COLOURS["init"], alpha=0.25, lw=0)
        space.plot(*ring.T, color="black", lw=1)
        space.plot(*np.outer([-1.5, 2.0], np.ones(3)).T, color=COLOURS["base"], lw=1, ls=":")
        space.text(2.1, 2.1, 2.1, "(1, 1, 1)", color=COLOURS["base"], fontsize=9)
        for line, start, centred, end in zip(LINES, x, xc, xhat, strict=False):
            space.plot(*np.stack([start, centred]).T, color=line["color"], ls="--", lw=1)
            space.plot(*np.stack([centred, end]).T, color=line["color"], ls="-", lw=1.4)
            for place, size, fill in ((start, 7, "white"), (centred, 3, line["color"]), (end, 7, line["color"])):
                space.plot(*place[:, None], line["marker"], color=line["color"], mfc=fill, ms=size)
        space.set(xlabel="feature 0", ylabel="feature 1", zlabel="feature 2", box_aspect=(1, 1, 1))
        for axis in "xyz":
            space.set(**{f"{axis}lim": (-2.2, 2.6), f"{axis}ticks": [-2, 0, 2]})
        space.view_init(elev=22, azim=-12)

        flat = figure.add_subplot(1, 2, 2)
        flat.plot(*(ring @ PLANE.T).T, color="black", lw=1)
        for line, place, above, left in zip(LINES, xhat, dxhat, dx, strict=False):
            at = PLANE @ place
            flat.plot(*at, line["marker"], color=line["color"], ms=7)
            for arrow, style in ((above, {"alpha": 0.4, "width": 0.006}), (left, {"width": 0.012})):
                flat.quiver(*at, *(PLANE @ arrow), angles="xy", scale_units="xy", scale=1, color=line["color"], zorder=3, **style)
        flat.set(aspect="equal", xlim=(-3.1, 3.1), ylim=(-3.1, 3.1), xlabel="along (1, -1, 0)", ylabel="along (1, 1, -2)")
        return figure


def eigenvalues(spectra):
    """The eigenvalues of several matrices, largest first. spectra: {label: values}."""
    with new_figure(figsize=(6.6, 3.2)) as (figure, ax):
        for k, (line, (label, values)) in enumerate(zip(LINES, spectra.items(), strict=False)):
            places = np.arange(1, len(values) + 1) + 0.14 * (k - (len(spectra) - 1) / 2)
            ax.plot(places, sorted(values, reverse=True), line["marker"], color=line["color"], ms=7, label=label)
        ax.axhline(0, color=COLOURS["base"], lw=1)
        ax.set(xlabel="number of the eigenvalue", ylabel="eigenvalue, in units of rstd", ylim=(-0.08, 1.12))
        ax.set_xticks(range(1, len(values) + 1))
        ax.legend(fontsize=9, loc="center left")
        return figure


def rates(values, losses, worst):
    """Loss at the end against the learning rate: the mean over seeds and the range; a run that did not end lower than `worst`
    is drawn at the upper edge.

    losses: {label: rows}, a row for each rate with a number for each seed.
    """
    with new_figure(figsize=(6.6, 3.6)) as (figure, ax):
        for line, (label, rows) in zip(LINES, losses.items(), strict=False):
            kept = [[min(loss, worst) if np.isfinite(loss) else worst for loss in row] for row in rows]
            band(ax, values, kept, line, label)
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss at the end (nats)", ylim=(None, worst))
        ax.set_xticks(values, [f"{value:g}" for value in values])
        ax.minorticks_off()
        ax.legend()
        return figure
