"""Claims: every one is tested, each verdict follows from its tests, and what was not measured is noticed."""

import re

import pytest

from minilora.experiments.systems.claims import judge, judge_one, load_claims, values
from minilora.experiments.systems.contestants import CONTESTANTS, STUDIES

RESULTS = {
    "contest": {
        "full": [{"loss": 1.0}, {"loss": 2.0}, {"loss": 3.0}],
        "broken": [{"loss": 1.0}, {"loss": None}],
        "never": [{"loss": None}],
        "lora": [{"loss": 1.1}, {"loss": 1.9}, {"loss": 3.1}],
    },
    "studies": {"matrix.numbers": [{"sum": 285}], "local.0.5": [{"loss": 7.0}] * 3},
}


def claim(*tests):
    fields = ("left", "relation", "right", "factor", "margin")
    return {"id": "X1", "article": "X", "claim": "", "test": [dict(zip(fields, test, strict=True)) for test in tests]}


@pytest.mark.parametrize(
    ("tests", "verdict"),
    [
        ([("lora.loss", "<=", "full.loss", 1.0, 0.2)], "holds"),
        ([("lora.loss", "<=", "full.loss", 1.0, 0.0)], "does not hold"),  # one seed of three, and not on the mean
        ([("lora.loss", ">=", "full.loss", 1.0, 0.0)], "holds in part"),  # two of three, and on the mean
        ([("broken.loss", "<", 9, 1.0, 0.0)], "holds in part"),
        ([("never.loss", "<", 9, 1.0, 0.0)], "does not hold"),
        ([("lora.loss", "<", "full.loss", 0.5, 0.0)], "does not hold"),
        ([("lora.loss", "<=", "full.loss", 1.0, 0.2), ("full.loss", ">", 4, 1.0, 0.0)], "holds in part"),
        ([("matrix.numbers.sum", "==", 285, 1.0, 0.0)], "holds"),
        ([("matrix.numbers.sum", "==", 14, 1.0, 0.0)], "does not hold"),
        ([("local.0.5.loss", ">=", "full.loss", 2.0, 1.0)], "holds"),
        ([("local.0.5.loss", ">", "full.loss", 2.0, 1.0)], "holds in part"),
        ([("full.loss", "<", "matrix.numbers.sum", 1.0, 0.0)], "holds"),
    ],
)
def test_the_verdict_follows_from_the_tests(tests, verdict):
    assert judge_one(claim(*tests), RESULTS)["verdict"] == verdict


def test_the_numbers_are_told():
    judged = judge([claim(("lora.loss", "<=", "full.loss", 1.0, 0.0))], RESULTS)[0]["test"][0]
    assert (judged["passed"], judged["runs"]) == (1, 3)
    assert judged["left_mean"] == pytest.approx(6.1 / 3) and judged["bound_mean"] == pytest.approx(2)


@pytest.mark.parametrize("name", ["full.lost", "nobody.loss", "local.0.75.loss"])
def test_what_was_not_measured_is_noticed(name):
    with pytest.raises(ValueError, match=re.escape(f"a claim asks for {name!r}, which was not measured")):
        values(name, RESULTS)


def test_every_article_has_claims_with_tests_and_reasons():
    claims = load_claims()
    assert {claim["article"] for claim in claims} == set("ABCDE")
    assert len({claim["id"] for claim in claims}) == len(claims)
    for claim in claims:
        assert claim["id"].startswith(claim["article"]) and claim["claim"].endswith(".") and claim["test"]
        assert all(test["why"] for test in claim["test"])


def test_every_claim_asks_for_what_there_is():
    there = {*CONTESTANTS, *(f"{study.name}.{case}" for study in STUDIES for case in study.cases)}
    asked = {test[side] for claim in load_claims() for test in claim["test"] for side in ("left", "right")}
    names = {name.rpartition(".")[0] for name in asked if isinstance(name, str)}
    assert names - there == set()


def test_a_relation_that_is_none(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text('[[claim]]\nid = "A1"\n[[claim.test]]\nleft = "a.b"\nrelation = "~"\nright = 1\n')
    with pytest.raises(ValueError, match=r"A1: relation must be one of <, <=, >, >=, ==, got '~'$"):
        load_claims(path)
