"""The gallery of mistakes: every planted mistake on one page, with its code, its gradient as pictures, and what is found.

    python tests/mutants/gallery.py [PAGE]           default: lessons/mistakes.html
"""

import base64
import io
import sys
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from planting import load
from scores import score, table
from tqdm import tqdm

from minilora.files import atomic_write

PAGE = Path(__file__).parents[2] / "lessons" / "mistakes.html"
TALLEST, WIDEST = 24, 40  # rows and columns of a gradient that are drawn
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid #bbb; }
h3 { font-size: 1rem; margin: 0 0 .2rem; } nav a { margin-right: .8rem; white-space: nowrap; }
.card { margin: 1.2rem 0 2rem; } .card p { margin: .3rem 0; } .where { color: #666; font-size: 13px; }
pre { background: #f6f6f6; padding: .5rem .8rem; margin: .4rem 0; font-size: 13px; overflow-x: auto; }
del { color: #1a7f37; text-decoration: none; } ins { color: #c62828; text-decoration: none; }
.maps { display: flex; gap: 1.5rem; font-size: 12px; color: #555; }
.maps img { image-rendering: pixelated; width: 12rem; height: 6rem; border: 1px solid #ddd; display: block; }
.says { border-left: 3px solid #c62828; padding-left: .7rem; }
"""


def main(page=PAGE):
    mutants = load()
    scores = {name: score(mutant) for name, mutant in tqdm(mutants.items(), leave=False)}
    atomic_write(page, html(mutants, scores).encode())
    print(table(mutants, scores))
    print(f"gallery: {page}")


def html(mutants, scores):
    """The whole page, which loads nothing."""
    causes = sorted({mutant.cause for mutant in mutants.values()})
    first = sum(found.place == 1 for found in scores.values())
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A gallery of mistakes</title>',
        f"<style>{STYLE}</style></head><body><h1>A gallery of mistakes</h1>",
        f"<p>{len(mutants)} small changes to right code, each a mistake that people make in a backward pass. Every one was "
        f"planted and checked; the checker named the intended cause first in {first} of them. In the code, green is right "
        "and red is what stands in its place. The three pictures are the gradient as backward gives it, the numeric one, and "
        "their difference; red is positive, blue negative, and all three have one scale.</p>",
        "<nav>" + "".join(f'<a href="#{cause}">{cause}</a> ' for cause in causes) + "</nav>",
    ]
    for cause in causes:
        parts.append(f'<h2 id="{cause}">{cause}</h2>')
        parts += [card(mutant, scores[name]) for name, mutant in mutants.items() if mutant.cause == cause]
    return "\n".join([*parts, "</body></html>", ""])


def card(mutant, found):
    """One mistake."""
    finding = next((f for f in found.report.findings if f.cause == mutant.cause), found.report.findings[0])
    words = mutant.name.replace("_", " ")
    return "\n".join(
        [
            f'<div class="card"><h3>{escape(words[0].upper() + words[1:])}</h3><p>{escape(mutant.why)}</p>',
            f"<pre><del>- {code(mutant.right)}</del>\n<ins>+ {code(mutant.wrong)}</ins></pre>",
            f'<p class="where">{escape(mutant.target)}, checked as {escape(mutant.subject)}</p>',
            maps(found.report.inputs.get(finding.input) or found.report.inputs.get(mutant.input)),
            f'<p class="says"><b>{escape(finding.cause)}</b> {escape(finding.message)}</p></div>',
        ]
    )


def code(text):
    lines = text.strip("\n").splitlines() or [""]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return escape("\n  ".join(line[indent:] for line in lines))


def maps(record):
    """Analytic, numeric and difference as three pictures; nothing where they cannot be compared."""
    if record is None or record.analytic is None or record.numeric is None or record.analytic.shape != record.numeric.shape:
        return ""
    a, n = (rows(np.nan_to_num(g)) for g in (record.analytic, record.numeric))
    largest = max(np.abs(a).max(initial=0), np.abs(n).max(initial=0)) or 1.0
    pictures = [f"<div>{label}{picture(g / largest)}</div>" for label, g in (("got", a), ("expected", n), ("difference", a - n))]
    return f'<div class="maps">{"".join(pictures)}</div>'


def rows(gradient):
    flat = np.atleast_2d(gradient).reshape(-1, np.atleast_2d(gradient).shape[-1])
    return flat[:TALLEST, :WIDEST]


def picture(values):
    data = io.BytesIO()
    plt.imsave(data, values, cmap="RdBu_r", vmin=-1, vmax=1, format="png")
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}">'


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
