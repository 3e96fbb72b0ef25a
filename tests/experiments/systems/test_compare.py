"""The comparison on a base of a few steps: resumable, the same for any number of jobs, and measured right."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, inject
from minilora.experiments.systems.arena import QUICK, Arena, prepare
from minilora.experiments.systems.compare import _next_rates, compare, search
from minilora.experiments.systems.contestant import Adapted, dense, measure, ranks, visible_rank
from minilora.experiments.systems.contestants import CONTESTANTS
from minilora.experiments.systems.tables import aligned, contest_rows, contest_table, number, spread, study_tables

TINY = replace(QUICK, d_model=16, n_layers=1, block_size=16, batch_size=4, base_steps=3, steps=2, seeds=2, rank=2, windows=4)
NAMES = ("base", "full", "lora", "b-split", "values")
UNTIMED = ("milliseconds_per_step",)


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), TINY)[0]


def timeless(results):
    return {
        name: [{key: value for key, value in row.items() if key not in UNTIMED} for row in rows]
        for name, rows in results["contest"].items()
    }


def test_jobs_change_no_number_and_a_second_run_computes_nothing(tmp_path, monkeypatch):
    def run(folder, n_jobs):
        return compare(folder, TINY, quick=True, n_jobs=n_jobs, parallel="threading", say=lambda *_: None, names=NAMES)

    one, two = run(tmp_path / "one", 1), run(tmp_path / "two", 2)
    assert timeless(one) == timeless(two) and one["studies"] == two["studies"]
    assert list(one["contest"]) == [name for name in CONTESTANTS if name in NAMES]

    def called(*_, **__):
        raise AssertionError("it was there already")

    monkeypatch.setattr("minilora.experiments.systems.compare.contest", called)
    monkeypatch.setattr("minilora.experiments.systems.compare.measure", called)
    again = run(tmp_path / "one", 1)
    assert again == one
    with pytest.raises(ValueError, match="holds another run: its setting is"):
        compare(tmp_path / "one", replace(TINY, steps=3), say=lambda *_: None, names=NAMES)
    text = contest_table(one)
    assert "full tuning" in text and len(text.splitlines()) == 5
    assert {row["contestant"] for row in contest_rows(one)} == {"base", "full", "lora", "b-split"}
    assert "square" in study_tables(one)["values"][1]


def test_the_base_and_the_batches_are_the_same_for_all(arena):
    first, second = arena.model(), Arena(arena.folder).model()
    parameters = dict(second.named_parameters())
    assert all(np.array_equal(p.data, parameters[name].data) for name, p in first.named_parameters())
    (one, _), (same, _), (other, _) = (next(arena.batches(seed)) for seed in (0, 0, 1))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_no_text_serves_twice(arena):
    ids = arena.ids
    whole = sum(len(ids[f"target.{part}"]) for part in ("train", "trial", "held_out"))
    assert len(ids["target.trial"]) == pytest.approx(0.1 * (whole - len(ids["target.held_out"])), rel=0.01)
    windows = arena.windows("target.held_out")
    assert sum(len(inputs) for inputs, _ in windows) == TINY.windows


def test_measures(arena):
    model = arena.model()
    inject(model, LoRA(r=2, alpha=2), rng=0)
    for *_, adapter in adapters_of(model):
        adapter.B.data = adapter.B.data + 0.1
    found = measure(arena, Adapted(model, None, [{"seconds": 0.002}], found={"own": 3}))
    assert found["own"] == 3 and found["milliseconds_per_step"] == pytest.approx(2)
    assert found["change_rank"] == 1, "all columns of B are the same"
    assert found["trained_values"] == sum(2 * sum(layer.W.data.shape) for _, layer, *_ in adapters_of(model))
    assert found["training_bytes"] == 4 * found["trained_values"]
    untouched = measure(arena, Adapted(arena.model()))
    assert untouched["trained_values"] == untouched["change_rank"] == 0
    assert all(math.isfinite(value) for value in untouched.values())


def test_dense_counts_a_change_once_merged_or_not(arena):
    from minilora.adapters import PiSSA, merge

    for spec in (LoRA(r=2), PiSSA(r=2)):
        model = arena.model()
        inject(model, spec, rng=0)
        for *_, adapter in adapters_of(model):
            adapter.B.data = adapter.B.data + 0.1
        before = dense(model)
        merge(model)
        for name, W in dense(model).items():
            np.testing.assert_allclose(W, before[name], atol=1e-6)
            np.testing.assert_allclose(W, dict(model.named_layers())[name].W.data, atol=1e-6)


def test_ranks():
    U, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((8, 8)))
    W = (U * [5, 4, 3, 2, 1, 1, 1, 0.004]) @ U.T
    assert visible_rank(W) == 7 and visible_rank(np.zeros((3, 3))) == 0
    found = ranks({"a": W}, {"a": W + np.outer(U[:, 0], U[:, 1])})
    assert found["change_rank"] == 1 and found["base_rank"] == 7
    assert set(ranks({"a": W}, {"a": W[:4]}).values()) == {None}


def test_a_search_goes_on_at_its_edge():
    def loss(name, rate):
        return abs(math.log(rate / {"low": 1e-5, "middle": 1e-3, "far": 1.0}[name]))

    tried = []

    def run(function, jobs, folder, label):
        tried.extend(jobs)
        return {job: {"loss": loss(options["name"], options["rate"])} for job, options in jobs.items()}

    from minilora.experiments.systems.contestant import Contestant

    chosen = {name: Contestant(name, name, "", False, None, 1e-3) for name in ("low", "middle", "far")}
    chosen["none"] = Contestant("none", "none", "", False, None, None)
    rates = search(Path("nowhere"), chosen, replace(TINY, search=0.5), run)
    assert rates["middle"] == 1e-3 and rates["none"] is None
    assert rates["low"] == pytest.approx(1e-3 / 27 / 3**0.5) and rates["far"] == pytest.approx(1e-3 * 27 * 3**0.5)
    assert len([job for job in tried if job.startswith("middle")]) == 5


def test_next_rates():
    assert _next_rates(1.0, {}) == [1 / 3, 1.0, 3.0]
    assert _next_rates(1.0, {0.5: 1, 1: 2}) == [0.5 / 3] and _next_rates(1.0, {0.5: 2, 1: 1}) == [3.0]
    assert _next_rates(1.0, {0.5: 2, 1: 1, 2: 3}) == []


def test_tables_align_and_numbers_are_short():
    assert aligned([["a", "bb"], ["ccc", "d"]]) == "a    bb\nccc   d"
    assert [number(x) for x in (3.0, 1234567, 0.12345, 123.456, 0.00012, 0)] == [
        "3",
        "1,234,567",
        "0.123",
        "123.456",
        "0.00012",
        "0",
    ]
    assert spread([1.0, 2.0]) == "1.500 +-0.500" and spread([2, 2]) == "2" and spread([1, None]) == "-"
