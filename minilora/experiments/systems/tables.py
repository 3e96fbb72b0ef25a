"""The comparison as tables: for the terminal, and as rows for files."""

import math
from statistics import mean

from minilora.experiments.systems.contestants import CONTESTANTS, STUDIES

COLUMNS = {  # measure: (title, format)
    "target_loss": ("target", "{:.3f}"),
    "base_loss": ("base", "{:.3f}"),
    "robust_loss": ("attacked", "{:.3f}"),
    "trained_values": ("trained", "{:,.0f}"),
    "stored_values": ("stored", "{:,.0f}"),
    "training_bytes": ("bytes", "{:,.0f}"),
    "milliseconds_per_step": ("ms", "{:.1f}"),
    "change_rank": ("rank dW", "{:.1f}"),
    "change_effective_rank": ("eff. dW", "{:.1f}"),
    "rank": ("rank W+dW", "{:.1f}"),
}
LEGEND = (
    "target, base, attacked: losses on held-out text of the target and the base, and on the target with its embeddings moved by "
    "FGM. trained, stored: values that learn, and that have to be kept beside the base. bytes: of gradients and moments while "
    "training. ms: median milliseconds a step, beside other jobs. rank dW, rank W+dW: singular values above a thousandth of the "
    "largest, eff. dW: the effective rank; means over the blocks' matrices."
)
SPREAD = {"target_loss", "base_loss", "robust_loss"}  # shown with the range over the seeds


def contest_table(results, columns=COLUMNS):
    """One line for each contestant: the mean over the seeds, and for losses the half range, +-."""
    rows = [["", "rate", *(title for title, _ in columns.values())]]
    for name, measured in results["contest"].items():
        rate = results["rates"][name]
        rows.append([CONTESTANTS[name].title, "" if rate is None else f"{rate:.2g}", *(_cell(key, measured) for key in columns)])
    return aligned(rows)


def study_tables(results):
    """{study name: (title, text)} for every study that was run."""
    tables = {}
    for study in STUDIES:
        found = {case: results["studies"].get(f"{study.name}.{case}") for case in study.cases}
        found = {case: rows for case, rows in found.items() if rows}
        if found:
            measures = list(dict.fromkeys(key for rows in found.values() for key in rows[0]))
            rows = [["", *measures]]
            rows += [[case, *(spread([row.get(key) for row in runs]) for key in measures)] for case, runs in found.items()]
            tables[study.name] = (study.title, aligned(rows))
    return tables


def verdict_lines(judged):
    """Each claim with its verdict, and each of its tests with the numbers."""
    lines = []
    for claim in judged:
        lines.append(f"{claim['id']:<4}{claim['verdict'].upper():<15}{claim['claim']}")
        for test in claim["test"]:
            means = f"{number(test['left_mean'])} {test['relation']} {number(test['bound_mean'])}"
            numbers = f"{means} {'yes' if test['on_the_mean'] else 'no'}, {test['passed']} of {test['runs']} seeds"
            lines.append(f"{'':<19}{test['left']}: {numbers} ({test['why']})")
    return lines


def markdown(results, judged):
    """The contest and the verdicts in short, as the README has them."""
    shown = {key: COLUMNS[key][0] for key in ("target_loss", "base_loss", "robust_loss", "trained_values", "change_rank", "rank")}
    lines = [f"| | {' | '.join(shown.values())} |", f"| --- |{' --: |' * len(shown)}"]
    for name, measured in results["contest"].items():
        lines.append(f"| {CONTESTANTS[name].title} | {' | '.join(_cell(key, measured) for key in shown)} |")
    lines += ["", "| claim | verdict | measured |", "| --- | --- | --- |"]
    for claim in judged:
        means = "; ".join(f"{number(t['left_mean'])} {t['relation']} {number(t['bound_mean'])}" for t in claim["test"])
        lines.append(f"| {claim['id']}: {claim['claim']} | **{claim['verdict']}** | {means} |")
    return "\n".join(lines)


def contest_rows(results):
    """One row for each contestant and seed: every measure, and what it was made with."""
    return [
        {"contestant": name, "seed": seed, "rate": results["rates"][name], **row, **_origin(results)}
        for name, measured in results["contest"].items()
        for seed, row in enumerate(measured)
    ]


def study_rows(results):
    """One row for each study, case, seed and measure."""
    return [
        {"study": name.partition(".")[0], "case": name.partition(".")[2], "seed": seed, "measure": measure, "value": value}
        | _origin(results)
        for name, runs in results["studies"].items()
        for seed, row in enumerate(runs)
        for measure, value in row.items()
    ]


def _origin(results):
    texts = {f"{name}_sha256": text["sha256"][:12] for name, text in results["texts"].items()}
    return {
        "base": results["base"],
        **texts,
        **{key: results["versions"][key] for key in ("python", "numpy", "minilora", "code")},
    }


def aligned(rows):
    """Rows of cells as text: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    )


def spread(values):
    """The mean, and the half range behind +- where there are several different values."""
    if any(value is None for value in values):
        return "-"
    half = (max(values) - min(values)) / 2
    return number(mean(values)) + (f" +-{number(half)}" if half > 0 else "")


def number(value):
    """A number as short as it can be read."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.3f}" if 0.01 <= abs(value) < 1000 else f"{value:.3g}"


def _cell(key, measured):
    values = [row.get(key) for row in measured]
    if any(value is None for value in values):
        return "-"
    text = COLUMNS[key][1].format(mean(values))
    return text + (f" +-{(max(values) - min(values)) / 2:.3f}" if key in SPREAD else "")
