"""Every planted mistake is detected; nearly always its cause is the first finding, else the second."""

import html
from functools import cache
from pathlib import Path

import pytest
from planting import load
from scores import score, table

ROOT = Path(__file__).parents[2]
MUTANTS = load()
ENOUGH = 0.95  # share of mutants whose cause is the first finding

scored = cache(lambda name: score(MUTANTS[name]))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_mistake_is_detected_and_named(name):
    found = scored(name)
    assert found.detected
    assert found.place in (1, 2), f"expected {MUTANTS[name].cause} at {MUTANTS[name].input}\n{found.report}"


def test_nearly_always_at_once():
    scores = {name: scored(name) for name in MUTANTS}
    first = [name for name, found in scores.items() if found.place == 1]
    assert len(first) >= ENOUGH * len(MUTANTS), table(MUTANTS, scores)


def test_there_are_enough_of_them_and_the_readme_counts_them():
    assert len(MUTANTS) >= 80 and sum(mutant.file == "blind" for mutant in MUTANTS.values()) >= 30
    assert f"shows {len(MUTANTS)} wrong lines" in (ROOT / "README.md").read_text("utf-8")


def test_the_gallery_shows_each():
    page = (ROOT / "lessons" / "mistakes.html").read_text("utf-8")
    assert all(mutant.why in html.unescape(page) for mutant in MUTANTS.values()), "run `make gallery`"
