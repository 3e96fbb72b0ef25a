"""A report as a picture: analytic against numeric, where the error lies, and how it changes with the step.

Drawn here and not with the project's other pictures, so that the package can be taken alone. It needs matplotlib, when called.
"""

import numpy as np

MOST = 4  # inputs drawn: the failing ones first
RIGHT, WRONG = "#0072B2", "#D55E00"
SMALLEST = 1e-16


def plot(report):
    """A matplotlib Figure of a Report: a row for each input, at most four, the failing ones first.

    Left, every entry: analytic against numeric, on the diagonal where they agree. Middle, the relative error of each entry as a
    heat map (axes before the last two are stacked). Right, once: the error of the worst entry against the step size.
    """
    import matplotlib.pyplot as plt

    records = sorted(report.inputs.values(), key=lambda record: record.ok)[:MOST]
    look = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "figure.constrained_layout.use": True}
    with plt.rc_context(look):
        figure, axes = plt.subplots(len(records), 3, figsize=(10, 2.7 * len(records) + 0.5), squeeze=False)
        for (scatter, heat, _), record in zip(axes, records, strict=True):
            _scatter(scatter, record, report)
            _heat(heat, figure, record, report)
        for spare in axes[1:, 2]:
            spare.axis("off")
        _curve(axes[0, 2], report)
        figure.suptitle(_title(report), x=0.01, ha="left", fontsize=10)
        plt.close(figure)
    return figure


def _title(report):
    worst = next((finding for finding in report.findings if finding.fails), None)
    return f"{worst.cause}: the gradient of {worst.input}" if worst else f"gradients agree to {report.max_error:.1e}"


def _scatter(axis, record, report):
    axis.set_title(f"{record.name}: {report.verdict(record.name)}", loc="left", fontsize=9)
    axis.set_xlabel("numeric")
    axis.set_ylabel("analytic")
    if record.errors is None:
        return _say(axis, "not compared")
    good = record.errors <= report.rtol
    ends = [np.nanmin(record.numeric), np.nanmax(record.numeric)] if record.numeric.size else [0, 1]
    axis.plot(ends, ends, color="#999999", linewidth=0.8, zorder=0)
    for mask, colour, marker in ((good, RIGHT, "o"), (~good, WRONG, "x")):
        axis.scatter(record.numeric[mask], record.analytic[mask], s=14, color=colour, marker=marker, linewidths=0.9)


def _heat(axis, figure, record, report):
    axis.set_title("relative error", loc="left", fontsize=9)
    if record.errors is None or not record.errors.size:
        return _say(axis, "not compared")
    errors = np.atleast_2d(record.errors)
    rows = errors.reshape(-1, errors.shape[-1])
    lightest = -16 if record.ok else -3  # of a wrong gradient, the darkest entries are of interest
    shown = np.log10(np.clip(rows, SMALLEST, 1.0))
    image = axis.imshow(shown, cmap="Greys", vmin=lightest, vmax=0, aspect="auto", interpolation="nearest")
    axis.set_xlabel("last axis")
    axis.set_ylabel("other axes" if record.errors.ndim > 1 else "")
    axis.set_xticks(_ends(rows.shape[1]))
    axis.set_yticks(_ends(rows.shape[0]))
    marks = {lightest: f"1e{lightest}", np.log10(report.rtol): f"rtol {report.rtol:g}", 0: "1"}
    marks = {place: text for place, text in marks.items() if place >= lightest}
    bar = figure.colorbar(image, ax=axis, ticks=list(marks))
    bar.ax.set_yticklabels(list(marks.values()), fontsize=8)


def _ends(size):
    return [0] if size == 1 else [0, size - 1]


def _curve(axis, report):
    curve = report.curve
    axis.set_title("error against step size", loc="left", fontsize=9)
    if curve is None or not curve.steps:
        return _say(axis, "no entry to step")
    entry = f"d{curve.name}[{', '.join(map(str, curve.index))}]"
    wrong = not report[curve.name].ok
    axis.loglog(curve.steps, np.maximum(curve.errors, SMALLEST), ".-", color=WRONG if wrong else RIGHT, label=entry)
    axis.axhline(report.rtol, color="#999999", linewidth=0.8, linestyle="--", label="rtol")
    axis.set_ylim(1e-13, 3)
    axis.set_xlabel("step h")
    axis.set_ylabel("relative error")
    axis.legend(frameon=False, fontsize=8, loc="lower left" if wrong else "upper center")


def _say(axis, text):
    axis.text(0.5, 0.5, text, ha="center", va="center", transform=axis.transAxes, color="#666666")
    axis.set_xticks([])
    axis.set_yticks([])
