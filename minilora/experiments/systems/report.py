"""The comparison's report: one HTML file with its pictures inside, and the same as data."""

import csv
import html
import io
from inspect import getdoc

from minilora import files, plots
from minilora.experiments.page import page, picture
from minilora.experiments.systems.contestants import CONTESTANTS, MODULES
from minilora.experiments.systems.tables import LEGEND, contest_rows, contest_table, study_rows, study_tables, verdict_lines


def write(folder, results, judged):
    """result.json, contest.csv, studies.csv, report.html and a PNG of each picture in the folder. Returns the page's path."""
    files.save_json(folder / "result.json", results | {"claims": judged})
    for name, rows in (("contest", contest_rows(results)), ("studies", study_rows(results))):
        text = io.StringIO()
        writer = csv.DictWriter(text, dict.fromkeys(key for row in rows for key in row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files.save_text(folder / f"{name}.csv", text.getvalue())
    figures = pictures(results)
    for name, (figure, _) in figures.items():
        plots.save(figure, folder / f"{name}.png")
    files.save_text(folder / "report.html", _page(results, judged, figures))
    return folder / "report.html"


def pictures(results):
    """{name: (figure, what it shows)}."""
    titles = {name: CONTESTANTS[name].title for name in results["contest"]}
    articles = {name: CONTESTANTS[name].article for name in results["contest"]}
    described = {name for name in results["contest"] if CONTESTANTS[name].described}
    return {
        "learned": (
            plots.learned_against_forgotten(results["contest"], titles, articles, described),
            "Loss on the target against loss on the base text: the mean and the range over the seeds",
        ),
        "ranks": (
            plots.rank_of_change(results["contest"], titles, articles),
            "Rank of the change Delta W and of W + Delta W, mean over the blocks' matrices",
        ),
        "values": (
            plots.loss_against_values(results["contest"], titles, articles, described),
            "Loss on the target against the number of trained values",
        ),
    }


def _page(results, judged, figures):
    parts = [
        _introduction(results),
        "<h2>The contest</h2>",
        f"<pre class='table'>{html.escape(contest_table(results))}</pre>",
        f"<p class='note'>{html.escape(LEGEND)}</p>",
        *(picture(figure, about) for figure, about in figures.values()),
        "<h2>What the articles claim</h2>",
        f"<pre class='table'>{html.escape(chr(10).join(verdict_lines(judged)))}</pre>",
        "<h2>The systems</h2>",
        *(f"<pre>{html.escape(getdoc(module))}</pre>" for module in MODULES),
        "<h2>Studies</h2>",
    ]
    for title, text in study_tables(results).values():
        parts += [f"<h3>{html.escape(title)}</h3>", f"<pre class='table'>{html.escape(text)}</pre>"]
    return page("Five systems called LoRA, measured", parts)


def _introduction(results):
    setting, corpora = results["setting"], results["texts"].values()
    texts = "; ".join(f"{t['name']}: {t['characters']:,} characters, SHA-256 {t['sha256'][:12]}" for t in corpora)
    made_with = ", ".join(f"{key} {value}" for key, value in results["versions"].items())
    quick = "<p><b>A rehearsal: too few steps for a verdict to mean anything, and no search for rates.</b></p>"
    searched = "Its rate was chosen on text that is not in the results. " if setting["search"] else ""
    return (
        f"{quick if results['quick'] else ''}<p>Each contestant takes {setting['steps']} steps of {setting['batch_size']} x "
        f"{setting['block_size']} characters from the same base, with {setting['seeds']} seeds. {searched}Losses are in nats a "
        "character on held-out text; +- is half of the range over the seeds, of batches and starts: there is one base.</p>"
        f"<p class='note'>{html.escape(texts)}. {html.escape(made_with)}. Base {results['base']}.</p>"
    )
