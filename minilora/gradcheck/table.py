"""A report as text: one line an input, the worst entries of those that failed, the findings in words."""

import math
import textwrap

from minilora.gradcheck.finding import entry_name

WIDTH = 100


def text(report):
    """What `print(report)` shows."""
    parts = [headline(report), "", *_aligned(rows(report))]
    failing = [record for record in report.inputs.values() if not record.ok]
    worst = [line for record in failing for line in worst_lines(record, report.rtol)]
    if worst:
        parts += ["", "worst entries", *("  " + line for line in worst)]
    if report.findings:
        parts += ["", "findings", *_wrapped(f"{finding.cause}: {finding.message}" for finding in report.findings)]
    if report.notes:
        parts += ["", "what these inputs could not show", *_wrapped(report.notes)]
    return "\n".join(parts)


def _wrapped(sentences):
    layout = {"initial_indent": "  ", "subsequent_indent": "    ", "break_on_hyphens": False}
    return [line for sentence in sentences for line in textwrap.wrap(sentence, WIDTH, **layout)]


def headline(report):
    """The verdict in one line."""
    entries = sum(math.prod(record.shape) - record.kinks for record in report.inputs.values())
    if report.ok:
        return f"gradients agree: largest error {report.max_error:.1e} over {entries} entries (rtol {report.rtol:g})"
    bad = [record.name for record in report.inputs.values() if not record.ok]
    if bad:
        named = ", ".join(bad[:4]) + (f" and {len(bad) - 4} more" if len(bad) > 4 else "")
        largest = f": largest error {report.max_error:.1e}" if math.isfinite(report.max_error) else ""
        return f"gradients FAIL for {named}{largest} (rtol {report.rtol:g})"
    return f"gradients agree to {report.max_error:.1e} (rtol {report.rtol:g}), but the check FAILS: see the findings"


def rows(report):
    """The table: a row of headings and one row of cells for each input; the notes only if there are any."""
    head = ("input", "shape", "entries", "max error", "verdict", "note")
    body = []
    for name, record in report.inputs.items():
        shape, entries = shape_text(record.shape, report.dims), str(math.prod(record.shape))
        body.append((name, shape, entries, f"{record.error:.1e}", report.verdict(name), record.note))
    columns = len(head) if any(row[-1] for row in body) else len(head) - 1
    return [row[:columns] for row in (head, *body)]


def shape_text(shape, dims):
    """"(N=3, T=4, 5)": sizes with their names; two names of one size are both given, as in "N|T=3"."""
    axes = []
    for size in shape:
        names = "|".join(name for name, value in dims.items() if value == size)
        axes.append(f"{names}={size}" if names else str(size))
    return "(" + ", ".join(axes) + ("," if len(axes) == 1 else "") + ")"


def worst_lines(record, rtol):
    """"dgamma[3]  got 1.23  expected .61  error 5.0e-01", for the worst entries that are beyond rtol."""
    lines = []
    for entry in record.worst:
        if not entry.error <= rtol:
            numbers = f"got {entry.got: .9g}", f"expected {entry.expected: .9g}", f"error {entry.error:.1e}"
            lines.append((entry_name(record.name, entry.index), *numbers))
    return _aligned(lines, right=())


def _aligned(lines, right=(2, 3)):
    """Lines of cells padded to columns; the columns in `right` are aligned to the right."""
    if not lines:
        return []
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [
        [cell.rjust(width) if i in right else cell.ljust(width) for i, (cell, width) in enumerate(zip(line, widths, strict=True))]
        for line in lines
    ]
    return ["  ".join(line).rstrip() for line in padded]
