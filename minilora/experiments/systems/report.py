"""The comparison's report: one HTML file with its pictures inside, and the same as data."""

import csv
import html
import io
from inspect import getdoc

from minilora import files, plots
from minilora.experiments.page import page, picture
from minilora.experiments.systems.contestants import CONTESTANTS, MODULES
from minilora.experiments.systems.tables import contest_table, csv_rows, study_tables, verdict_lines


def write(folder, results, judged):
    """result.json, contest.csv, report.html and a PNG of each picture in the folder. Returns the path of the page."""
    files.save_json(folder / "result.json", results | {"claims": judged})
    rows, text = csv_rows(results), io.StringIO()
    columns = dict.fromkeys(key for row in rows for key in row)
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    files.save_text(folder / "contest.csv", text.getvalue())
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
        f"<pre>{html.escape(contest_table(results))}</pre>",
        *(picture(figure, about) for figure, about in figures.values()),
        "<h2>What the articles claim</h2>",
        f"<pre>{html.escape(chr(10).join(verdict_lines(judged)))}</pre>",
        "<h2>The systems</h2>",
        *(f"<pre>{html.escape(getdoc(module))}</pre>" for module in MODULES),
        "<h2>Studies</h2>",
    ]
    parts += [f"<h3>{html.escape(title)}</h3><pre>{html.escape(text)}</pre>" for title, text in study_tables(results).values()]
    return page("Five systems called LoRA, measured", parts)


def _introduction(results):
    setting, corpora = results["setting"], results["texts"].values()
    texts = "; ".join(f"{t['name']}: {t['characters']:,} characters, SHA-256 {t['sha256'][:12]}" for t in corpora)
    made_with = ", ".join(f"{key} {value}" for key, value in results["versions"].items())
    return (
        f"<p>Each contestant takes {setting['steps']} steps of {setting['batch_size']} x {setting['block_size']} characters from "
        f"the same base, with {setting['seeds']} seeds. Its rate was chosen on text that is not in the results. Losses are in "
        f"nats a character on held-out text; +- is half of the range over the seeds.</p>"
        f"<p class='note'>{html.escape(texts)}. {html.escape(made_with)}.</p>"
    )
