"""Every contestant starts, is counted right, and stands in the kept result."""

import math

import numpy as np
import pytest

from minilora import files
from minilora.data import evaluation_windows
from minilora.experiments import family_two
from minilora.experiments.family_two import ENTRIES, RATES, RESULT, contest, kept, run, started

BLOCK = 4 * (128 + 128) + 2 * (128 + 512)  # in + out, over a block's six matrices
COUNTS = {
    "full, the matrices": 4 * (4 * 128**2 + 2 * 128 * 512), "lora, r = 4": 4 * 4 * BLOCK, "lora-xs, r = 20": 24 * 20**2,
    "adalora, r = 2, then 1": 4 * (2 * BLOCK + 6 * 2), "vera, r = 192": 4 * (5 * 128 + 512 + 6 * 192), "svft, band 0": 24 * 128,
    "svft, band 1": 24 * (128 + 2 * 127), "loha, r = 2": 2 * 2 * 4 * BLOCK, "lokr, fewest values": 4 * (4 * 256 + 2 * 512),
}  # fmt: skip


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_it_starts_with_the_values_that_it_says(entry):
    model, optimizer, schedule = started(entry, seed=0, steps=10)
    trained = sum(p.data.size for p in model.parameters() if p.trainable)
    assert trained == COUNTS.get(entry.name, trained) == sum(p.data.size for p in optimizer.parameters)
    assert 0 < schedule(0) < 1


def test_the_kept_result_is_of_these_entries_and_no_best_rate_is_at_the_end_of_what_was_tried():
    result = files.load_json(RESULT)
    assert [(row["method"], row["size"]) for row in result["entries"]] == [(entry.method, entry.size) for entry in ENTRIES]
    for row in result["entries"]:
        rates = [rate for rate, _ in row["tried"]]
        assert min(row["tried"], key=lambda tried: tried[1])[0] == row["rate"]
        assert row["rate"] in RATES and min(rates) < row["rate"] < max(rates)
        assert max(row["losses"]) < result["base"]


@pytest.mark.parametrize("best", [0, 3, len(RATES) - 1])
def test_the_contest_goes_downhill_on_the_grid_and_judges_by_other_seeds_and_windows(best, monkeypatch):
    calls = []

    def bowl(entry, rate, seed, ids, windows):
        calls.append((rate, seed, windows))
        _, optimizer, _ = started(entry, seed, steps=10)
        return abs(math.log(rate / RATES[best])) + 0.01 * seed, optimizer

    monkeypatch.setattr(family_two, "run", bowl)
    monkeypatch.setattr(family_two, "texts", lambda: ("learning", "choice", "judged"))
    row = contest("vera, r = 64")
    assert row["rate"] == RATES[best] and row["losses"] == pytest.approx([0.0, 0.01, 0.02])
    tried = [rate for rate, _ in row["tried"]]
    assert {*RATES[max(0, best - 1) : best + 2]} <= {*tried} and len(calls) == len(tried) + 3
    assert {(seed, windows) for _, seed, windows in calls} == {(9, "choice"), *((seed, "judged") for seed in range(3))}
    assert row["values"] == 24 * 64 + 4 * (5 * 128 + 512) and row["bytes"] == 8 * row["values"]


def test_a_run_trains_and_one_that_breaks_off_is_infinitely_bad(monkeypatch):
    entry = next(entry for entry in ENTRIES if entry.name == "lora, r = 1")
    ids = np.random.default_rng(0).integers(0, 97, 2000)
    windows = evaluation_windows(ids[:200], 64)
    before, after = (run(entry, rate, 0, ids, windows, steps=6)[0] for rate in (1e-9, 1e-2))
    assert after < before

    def broken(*args, **kwargs):
        raise RuntimeError("the loss is nan")

    monkeypatch.setattr(family_two, "Trainer", broken)
    assert run(entry, 1e-2, 0, ids, windows, steps=6)[0] == math.inf


def test_without_a_checkout_one_line_says_that_the_result_is_missing(tmp_path, monkeypatch, capsys):
    assert kept() == files.load_json(RESULT) and not capsys.readouterr().out
    monkeypatch.setattr(family_two, "RESULT", tmp_path / "family_two.json")
    assert kept()["entries"] == []
    assert len(capsys.readouterr().out.splitlines()) == 1
