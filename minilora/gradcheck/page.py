"""Reports as HTML: the small table of a notebook, and a self-contained page of many reports."""

import base64
import io
import math
from html import escape

from minilora.gradcheck import picture, table

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .25rem .9rem .25rem 0; text-align: left; vertical-align: middle; }
thead th { border-bottom: 1px solid #999; font-weight: 600; }
.number { font-variant-numeric: tabular-nums; text-align: right; }
.ok { color: #1a7f37; } .bad { color: #c62828; font-weight: 600; }
.bar { position: relative; width: 16rem; height: .8rem; background: #eee; }
.bar i { position: absolute; top: 0; bottom: 0; left: 0; background: #1a7f37; } .bar.bad i { background: #c62828; }
.bar b { position: absolute; top: -.15rem; bottom: -.15rem; width: 1px; background: #222; }
img { max-width: 100%; } pre { background: #f6f6f6; padding: .8rem; overflow-x: auto; font-size: 13px; }
"""
SMALLEST = -16  # log10 of the error at the left end of the bar; the right end is 1


def report_html(report):
    """One report as a small HTML fragment: the headline, the table, the worst entries and the findings."""
    head, *body = table.rows(report)
    parts = [f"<p>{escape(table.headline(report))}</p>", "<table><thead>", _row(head, "th"), "</thead><tbody>"]
    parts += [_row(cells, "td") for cells in body]
    parts.append("</tbody></table>")
    failing = [record for record in report.inputs.values() if not record.ok]
    lines = [line for record in failing for line in table.worst_lines(record, report.rtol)]
    if lines:
        parts.append(f"<pre>{escape(chr(10).join(lines))}</pre>")
    if report.findings:
        items = "".join(f"<li><b>{escape(finding.cause)}</b>: {escape(finding.message)}</li>" for finding in report.findings)
        parts.append(f"<ul>{items}</ul>")
    if report.notes:
        items = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
        parts.append(f"<p>What these inputs could not show</p><ul>{items}</ul>")
    return "\n".join(parts)


def verify_html(reports):
    """A whole HTML page, which loads nothing: a row for each named report, and the text and picture of each one that fails.

    reports   {name: Report}, such as `{name: check(op.forward, ...) for name, op in registry.items()}`.
    """
    failing = {name: report for name, report in reports.items() if not report.ok}
    verdict = "all gradients agree" if not failing else f"{len(failing)} of {len(reports)} fail"
    body = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Verified gradients</title>',
        f"<style>{STYLE}</style></head><body>",
        f"<h1>Verified gradients: {verdict}</h1>",
        "<p>Every analytic gradient against its numeric one, in every entry of every input. The bar shows the largest relative "
        "error on a logarithmic scale from 1e-16 to 1; the mark is the largest error that passes.</p>",
        "<table><thead>",
        _row(("name", "inputs", "max error", "", "verdict"), "th"),
        "</thead><tbody>",
        *[_report_row(name, report) for name, report in reports.items()],
        "</tbody></table>",
    ]
    for name, report in failing.items():
        body.append(f"<h2>{escape(name)}</h2><pre>{escape(str(report))}</pre>{_picture(report)}")
    return "\n".join([*body, "</body></html>", ""])


def _picture(report):
    """The report's picture as an HTML image; nothing where matplotlib is missing."""
    try:
        figure = picture.plot(report)
    except ImportError:
        return ""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=80)
    return f'<img alt="the gradients as a picture" src="data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}">'


def _report_row(name, report):
    kind, word = ("ok", "ok") if report.ok else ("bad", "FAILS")
    length, mark = _percent(report.max_error), _percent(report.rtol)
    bar = f'<div class="bar {kind}"><i style="width:{length}%"></i><b style="left:{mark}%"></b></div>'
    return (
        f"<tr><td>{escape(name)}</td><td>{escape(', '.join(report.inputs))}</td>"
        f'<td class="number">{report.max_error:.1e}</td><td>{bar}</td><td class="{kind}">{word}</td></tr>'
    )


def _percent(error):
    """Where an error stands on the bar, from 0 to 100."""
    if error == 0:
        return 0
    exponent = math.log10(error) if math.isfinite(error) else 0.0
    return round(100 * min(max(1 - exponent / SMALLEST, 0.0), 1.0))


def _row(cells, tag):
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
