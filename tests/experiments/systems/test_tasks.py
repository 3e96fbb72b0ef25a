"""Five tasks by four methods, on a base of two steps."""

import importlib.util
import runpy
from dataclasses import replace

import numpy as np
import pytest

from minilora.adapters.inject import with_originals
from minilora.data import IGNORE
from minilora.experiments.runs import count
from minilora.experiments.systems import tasks
from minilora.experiments.systems.arena import QUICK, prepare
from minilora.experiments.systems.tasks import CASES, HERE, choose_what_learns, examples, judge, reader, rows, task_score
from minilora.training import AdamW

TINY = {"d_model": 16, "n_layers": 1, "batch_size": 4, "base_steps": 2, "rank": 2, "windows": 4}


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), replace(QUICK, **TINY))[0]


def built(arena, case):
    task, method = case.split("/")
    model = reader(arena, examples(task, 64), seed=3)
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    choose_what_learns(model, method, arena.setting.rank, seed=3)
    return model, before


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_the_same_finite_numbers_twice(arena, case):
    found = task_score(arena.folder, 1, case, True)
    assert set(found) == {"score", "loss", "trained_values"}
    assert 0 <= found["score"] <= 1 and np.isfinite(found["loss"])
    assert (found["trained_values"] == 0) == (case in ("number-words/frozen", "questions/frozen", "summaries/frozen"))
    assert task_score(arena.folder, 1, case, True) == found


@pytest.mark.parametrize("task", [task for task in ("topics", "images") if task in HERE])
def test_what_learns_is_what_the_method_says(arena, task):
    new = {"head.W", "head.b"} if task == "topics" else {"patches.W", "transformer.head.W", "transformer.head.b"}
    for method in ("frozen", "full", "lora", "b-split"):
        model, before = built(arena, f"{task}/{method}")
        batches, _ = rows(arena, task, 3, 4)
        arena.train(model, AdamW(model.parameters(), lr=1e-3), 3, 2, batches=batches)
        after = with_originals(model)
        moved = {name for name in before if not np.array_equal(after[name].data, before[name])}
        learning = {name for name, p in model.named_parameters() if p.trainable}
        added = learning - set(before)
        if method == "full":
            table = set() if task == "topics" else {"transformer.embed.W"}
            assert learning == set(before) - table
        else:
            assert learning == new | added
            assert moved == new and bool(added) == (method != "frozen")


def test_the_number_of_trained_values(arena):
    C, r, new = 16, 2, 16 * 4 + 4
    matrices = [(C, C)] * 4 + [(4 * C, C), (C, 4 * C)]  # (out, in)
    values = {
        "frozen": new,
        "lora": new + sum(r * (n_out + n_in) for n_out, n_in in matrices),
        "b-split": new + sum(min(shape) * shape[1] for shape in matrices),
    }
    assert {m: count(built(arena, f"topics/{m}")[0], trainable_only=True) for m in values} == values


@pytest.mark.parametrize("task", [task for task in HERE if task != "topics"])
def test_what_is_judged_on_was_not_learned_from(arena, task):
    T = arena.setting.block_size
    prompts = [{str(np.asarray(x).tolist()) for x, _ in part} for part in (examples(task, T).train, examples(task, T).held_out)]
    assert not prompts[0] & prompts[1]


@pytest.mark.parametrize("task", ["topics", "number-words"])
def test_judge_counts_rows_and_targets(arena, task):
    """Against the same one row at a time, whose batches are all of one size."""
    model, held_out = built(arena, f"{task}/full")[0], rows(arena, task, 0, 70)[1]
    found = judge(model, held_out)
    assert [len(batch[1]) for batch in held_out] == [64, 6]
    singly = [tuple(a[i : i + 1] for a in batch) for batch in held_out for i in range(len(batch[1]))]
    losses = [model.loss(*batch) for batch in singly]
    asked = [(batch[1] != IGNORE).sum() for batch in singly]
    hits = [((model.forward(x, mask).argmax(axis=-1) == y) | (y == IGNORE)).all() for x, y, mask in singly]
    assert found["loss"] == pytest.approx(np.dot(losses, asked) / sum(asked), rel=1e-5)
    assert found["score"] == np.mean(hits)


@pytest.mark.parametrize("there", [True, False])
def test_images_are_left_out_without_scikit_learn(monkeypatch, there):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: there or None)
    study = runpy.run_path(tasks.__file__)["STUDIES"][0]
    assert len(study.cases) == (20 if there else 16) and any(case.startswith("images") for case in study.cases) == there
