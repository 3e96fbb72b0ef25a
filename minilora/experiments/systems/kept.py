"""The comparison as it was run and kept: lessons/results/systems/result.json of a checkout, and what lessons print of it."""

from pathlib import Path

from minilora import files
from minilora.experiments.systems.claims import judge, load_claims, values
from minilora.experiments.systems.contestants import CONTESTANTS
from minilora.experiments.systems.tables import COLUMNS, contest_table, number, study_tables

RESULT = Path(__file__).resolve().parents[3] / "lessons" / "results" / "systems" / "result.json"
SHORT = ("target_loss", "base_loss", "robust_loss", "trained_values", "change_rank", "rank")


def kept():
    """What `compare` returned, and the verdicts. files.FileError where the package was installed without lessons."""
    return files.load_json(RESULT)


def article_table(results, letter, columns=SHORT):
    """The contestants of an article, "A" to "E", with what all are compared with, as text; all contestants for "all"."""
    names = [name for name, c in CONTESTANTS.items() if letter == "all" or c.article in ("", letter)]
    chosen = {name: results["contest"][name] for name in names}
    return contest_table({**results, "contest": chosen}, {key: COLUMNS[key] for key in columns})


def article_verdicts(results, letter):
    """What an article claims and what the measurements say to it, as text: judged anew, not read."""
    lines = []
    for claim in judge([claim for claim in load_claims() if claim["article"] == letter], results):
        lines.append(f"{claim['id']:<4}{claim['verdict'].upper()}: {claim['claim']}")
        for test in claim["test"]:
            means = f"{number(test['left_mean'])} {test['relation']} {number(test['bound_mean'])}"
            lines.append(f"      {test['left']:40} {means:20} in {test['passed']} of {test['runs']} runs")
    return "\n".join(lines)


def study_table(results, name):
    """A study's table, its title above."""
    return "\n".join(study_tables(results)[name])


def measured(results, name):
    """The numbers of a measure, one for each seed: "full.target_loss", "local.0.5.loss"."""
    return values(name, results)
