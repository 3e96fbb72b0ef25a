"""The whole comparison on a base of a few steps: every contestant and study runs, and every claim finds its measures."""

import csv
import json
from dataclasses import replace

import pytest

from minilora.experiments.systems.arena import QUICK
from minilora.experiments.systems.claims import VERDICTS, judge, load_claims
from minilora.experiments.systems.compare import compare
from minilora.experiments.systems.contestant import MEASURES
from minilora.experiments.systems.contestants import CONTESTANTS, STUDIES
from minilora.experiments.systems.report import write

SETTING = replace(QUICK, d_model=32, batch_size=4, base_steps=5, steps=12, seeds=1, windows=4)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return compare(tmp_path_factory.mktemp("systems"), SETTING, quick=True, n_jobs=2, say=lambda *_: None)


def test_everything_is_measured(results):
    assert list(results["contest"]) == list(CONTESTANTS)
    for name, rows in results["contest"].items():
        assert len(rows) == 1 and set(MEASURES) <= set(rows[0]), name
    assert set(results["studies"]) == {f"{study.name}.{case}" for study in STUDIES for case in study.cases}


def test_every_claim_is_judged(results):
    judged = judge(load_claims(), results)
    assert len(judged) == len(load_claims()) and {claim["verdict"] for claim in judged} <= set(VERDICTS)


def test_the_report_and_its_data(results, tmp_path):
    page = write(tmp_path, results, judge(load_claims(), results)).read_text("utf-8")
    assert "A rehearsal" in page and page.count("<img") == 3 and "B3" in page
    kept = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert kept["contest"] == json.loads(json.dumps(results["contest"])) and kept["versions"]["code"]
    with open(tmp_path / "contest.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["contestant"] for row in rows] == list(CONTESTANTS)
    assert all(row["target_sha256"] == results["texts"]["target"]["sha256"][:12] and row["numpy"] for row in rows)
    with open(tmp_path / "studies.csv", newline="") as file:
        assert {row["study"] for row in csv.DictReader(file)} == {study.name for study in STUDIES}
    assert {path.name for path in tmp_path.glob("*.png")} == {"learned.png", "ranks.png", "values.png"}
