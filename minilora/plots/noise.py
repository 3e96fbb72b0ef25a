"""Pictures of spectra as they move while a model learns, frame by frame, and of the ranks that follow from them."""

import io

from minilora.plots.lines import band
from minilora.plots.lowrank import shades
from minilora.plots.style import COLOURS, new_figure

STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))


def frames(run, name, edge, columns=4):
    """One matrix's singular values at every kept step, a panel each; the start in grey, the edge of its noise dotted.

    run: {"steps", "losses", "spectra": {name: a list of singular values for each step}}.
    """
    rows = -(-len(run["steps"]) // columns)
    size = {"figsize": (2.5 * columns, 1.9 * rows), "sharex": True, "sharey": True, "squeeze": False}
    with new_figure(rows, columns, **size) as (figure, axes):
        for i, ax in enumerate(axes.flat):
            if i < len(run["steps"]):
                _frame(ax, run, name, edge, i)
            else:
                ax.set_axis_off()
        figure.supxlabel("index of the singular value   (grey: before training; dotted: the edge of its noise)", fontsize=10)
        figure.supylabel("singular value", fontsize=10)
        return figure


def animation(run, name, edge, seconds=0.6):
    """The same panels one after another, as an animated PNG (bytes), which every browser plays."""
    from PIL import Image

    pictures = []
    for i in range(len(run["steps"])):
        with new_figure(figsize=(5.2, 3.2)) as (figure, ax):
            _frame(ax, run, name, edge, i)
            ax.set(xlabel="index of the singular value", ylabel="singular value")
            page = io.BytesIO()
            figure.savefig(page, format="png", dpi=90)
        pictures.append(Image.open(page).convert("P", palette=Image.Palette.ADAPTIVE, colors=32))
    film = io.BytesIO()
    durations = [1000 * seconds] * (len(pictures) - 1) + [3000 * seconds]  # the last one stays
    pictures[0].save(film, format="PNG", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    return film.getvalue()


def _frame(ax, run, name, edge, i):
    """The singular values at kept step i."""
    spectra = run["spectra"][name]
    index = range(1, len(spectra[0]) + 1)
    ax.plot(index, spectra[0], color=COLOURS["init"], lw=1.2)
    ax.plot(index, spectra[i], "o", color=COLOURS["full"], ms=2.2)
    ax.axhline(edge, color="black", ls=":", lw=1)
    ax.set(xlim=(0, len(spectra[0]) + 1), ylim=(0, 1.05 * max(map(max, spectra))))
    ax.set_title(f"step {run['steps'][i]}, loss {run['losses'][i]:.2f}", fontsize=9)


def rank_courses(courses, ylabel="effective rank"):
    """A panel for each start, a line for each kind of matrix: the mean over seeds and their range.

    courses: {start: (steps, {kind: rows}), a row for each step with a number for each seed}.
    """
    with new_figure(1, len(courses), figsize=(3.4 * len(courses), 3.5), sharey=True, squeeze=False) as (figure, axes):
        for ax, (start, (steps, kinds)) in zip(axes[0], courses.items(), strict=True):
            for (kind, rows), shade, style in zip(kinds.items(), shades(len(kinds)), STYLES, strict=False):
                band(ax, steps, rows, {"color": shade, "ls": style}, kind)
            ax.set(xlabel="step", ylim=(0, None))
            ax.set_title(start, fontsize=10)
        axes[0][0].set_ylabel(ylabel)
        axes[0][0].legend(fontsize=8, ncol=2)
        return figure


def planted(thetas, rows, predicted, visible, edge):
    """The largest singular value of noise with one direction added, against the strength of that: measured and predicted.

    rows: one for each theta, a number for each seed. predicted: {theta: value}. visible: from where on it shows.
    """
    with new_figure(figsize=(6.2, 3.4)) as (figure, ax):
        band(ax, thetas, rows, {"color": COLOURS["full"], "ls": "-", "marker": "o"}, "measured, mean and range")
        ax.plot(predicted.keys(), predicted.values(), color=COLOURS["lora"], ls="--", label="predicted")
        ax.axhline(edge, color="black", ls=":", lw=1)
        ax.axvline(visible, color=COLOURS["base"], ls=":", lw=1)
        ax.text(visible, ax.get_ylim()[1], " shows from here", va="top", fontsize=9, color=COLOURS["base"])
        ax.text(thetas[0], edge, "edge of the noise", va="bottom", fontsize=9)
        ax.set(xlabel="strength of the planted direction", ylabel="largest singular value")
        ax.legend(loc="center left")
        return figure
