"""The kept comparison: the verdicts are those of its numbers, and its tables say what they are asked for."""

from minilora.experiments.systems.claims import judge, load_claims
from minilora.experiments.systems.kept import article_table, article_verdicts, kept, measured, study_table

RESULTS = kept()


def test_the_verdicts_follow_from_the_numbers():
    assert judge(load_claims(), RESULTS) == RESULTS["claims"]


def test_an_articles_table_has_its_own_systems_and_the_references():
    rows = article_table(RESULTS, "C").splitlines()[1:]
    assert len(rows) == 9 and rows[0].startswith("base, not adapted") and any(row.startswith("FreeLB") for row in rows)
    assert len(article_table(RESULTS, "all").splitlines()) == 1 + len(RESULTS["contest"])


def test_verdicts_stand_with_their_tests():
    text = article_verdicts(RESULTS, "D")
    assert text.startswith("D1  DOES NOT HOLD: ") and "relora.target_loss" in text


def test_single_measures_and_studies():
    assert measured(RESULTS, "lora.change_rank") == [4.0, 4.0, 4.0]
    assert "fgm-lora" in study_table(RESULTS, "attacks")
