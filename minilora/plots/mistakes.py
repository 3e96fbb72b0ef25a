"""Pictures of wrong gradients: what each mistake looks like, and which test notices which."""

from minilora.plots.style import COLOURS, new_figure

COLUMNS = 4


def portraits(panels):
    """Analytic against numeric, entry by entry: a right gradient lies on the diagonal, each mistake in a way of its own.

    panels: {title: (numeric, analytic)}, two flat sequences of equal length.
    """
    rows = -(-len(panels) // COLUMNS)
    with new_figure(rows, COLUMNS, figsize=(2.35 * COLUMNS, 2.45 * rows), squeeze=False) as (figure, axes):
        for ax in axes.flat[len(panels) :]:
            ax.set_axis_off()
        for ax, (title, (numeric, analytic)) in zip(axes.flat, panels.items(), strict=False):
            reach = 1.15 * max(max(map(abs, numeric)), max(map(abs, analytic)))
            ax.plot([-reach, reach], [-reach, reach], color="#999999", lw=0.8, zorder=0)
            ax.scatter(numeric, analytic, s=13, color=COLOURS["full"], alpha=0.8, lw=0)
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
            ax.set_title(title, fontsize=9)
            ax.tick_params(labelsize=7)
            ax.locator_params(nbins=3)
        figure.supxlabel("numeric", fontsize=9)
        figure.supylabel("analytic", fontsize=9)
        return figure


def catches(mistakes, tests, caught):
    """A grid: a row for each mistake, a column for each test; dark and "caught" where the test failed on the mistake.

    caught: rows of booleans, or None where a test cannot be asked.
    """
    with new_figure(figsize=(0.95 * len(tests) + 3.4, 0.36 * len(mistakes) + 1.5)) as (figure, ax):
        shade = [[0.0 if cell is None else 1.0 if cell else 0.35 for cell in row] for row in caught]
        ax.imshow(shade, cmap="Greys", vmin=0, vmax=1.6, aspect="auto")
        for i, row in enumerate(caught):
            for j, cell in enumerate(row):
                words = "" if cell is None else "caught" if cell else "passes"
                ax.text(j, i, words, ha="center", va="center", fontsize=8, color="white" if cell else "black")
        ax.set_xticks(range(len(tests)), tests, fontsize=8)
        ax.set_yticks(range(len(mistakes)), mistakes, fontsize=9)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set_visible(False)
        return figure
