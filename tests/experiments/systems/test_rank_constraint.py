"""Article E: whose rank is bounded, and where a layer of low rank starts."""

import time
from dataclasses import replace

import numpy as np
import pytest

from minilora import lowrank
from minilora.adapters import inject, merge, unmerge
from minilora.adapters.evidence import gather
from minilora.experiments.systems.arena import FULL, prepare
from minilora.experiments.systems.contestant import dense, measure
from minilora.experiments.systems.rank_constraint import (
    CONTESTANTS,
    EVERY,
    RANK,
    ActivationFactorised,
    Factorised,
    ProjectingAdamW,
    described,
    matrix,
    rank_of_sum,
)
from minilora.experiments.systems.references import lora, with_adapter

TINY = {"d_model": 32, "n_layers": 1, "block_size": 16, "batch_size": 4, "base_steps": 5, "steps": 8, "rank": 2, "windows": 4}
BY_NAME = {c.name: c for c in CONTESTANTS}


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), replace(FULL, **TINY))[0]


def rank(W):
    """Of a matrix computed in float32."""
    return np.linalg.matrix_rank(W, tol=1e-5 * np.linalg.norm(W))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_matrix_ends_within_the_bound(arena, name):
    """After a number of steps that no projection falls on."""
    adapted = BY_NAME[name].adapt(arena, 1e-2, 0, EVERY + 3)
    assert {rank(W) for W in dense(adapted.model).values()} == {RANK}
    assert measure(arena, adapted)["rank"] == RANK


def test_loras_matrices_have_no_such_bound(arena):
    assert {rank(W) for W in dense(lora(arena, 1e-2, 0, 5).model).values()} == {32}


def test_the_projections_fall_on_every_tenth_step(small):
    model = small(d_model=20, d_head=10, d_mlp=24, block_size=5)
    W, ids = model.blocks[0].mlp.up.W, np.array([[1, 2, 3, 4, 5]])
    optimizer = ProjectingAdamW(model.parameters(), 1e-2, [W], 3, EVERY)
    ranks = []
    for _ in range(2 * EVERY):
        model.zero_grad()
        model.loss(ids, ids)
        model.backward()
        optimizer.step()
        ranks.append(np.linalg.matrix_rank(W.data))
    assert [step for step, r in enumerate(ranks, 1) if r == 3] == [EVERY, 2 * EVERY]
    assert np.linalg.matrix_rank(model.blocks[0].mlp.down.W.data) == 20


def test_a_projection_is_the_nearest_matrix_of_the_rank(small):
    model = small(d_model=20, d_head=10, d_mlp=24)
    W = model.blocks[0].mlp.up.W
    before = W.data.copy()
    ProjectingAdamW(model.parameters(), 1e-2, [W], 3, EVERY).project()
    assert np.linalg.norm(W.data - before) == pytest.approx(lowrank.truncation_error(before, 3).frobenius, rel=1e-9)


def test_what_is_stored_are_factors_and_the_other_parameters(arena):
    adapted = described(arena, 1e-3, 0, 1)
    named = dict(adapted.model.named_parameters())
    matrices = {name for name in named if name.startswith("blocks.") and name.endswith(".W")}
    factors = sum(RANK * (named[name].data.shape[0] + named[name].data.shape[1]) for name in matrices)
    others = sum(p.data.size for name, p in named.items() if name not in matrices)
    assert len(matrices) == 6
    assert adapted.stored == factors + others


def test_the_time_of_a_step_has_its_part_of_a_projection(arena, monkeypatch):
    project = ProjectingAdamW.project
    monkeypatch.setattr(ProjectingAdamW, "project", lambda self: time.sleep(0.3) or project(self))
    assert 30 <= measure(arena, described(arena, 1e-3, 0, EVERY))["milliseconds_per_step"] < 200


def test_a_factorised_layer_starts_as_the_truncation(small):
    model, cut = small(d_model=20, d_head=10, d_mlp=24), small(d_model=20, d_head=10, d_mlp=24)
    ids = np.array([[1, 2, 3, 4, 5]])
    inject(model, Factorised(r=5, alpha=5), rng=0)
    for name, p in cut.named_parameters():
        if name.startswith("blocks.") and name.endswith(".W"):
            p.data = lowrank.truncate(p.data, 5)
    np.testing.assert_allclose(model.forward(ids), cut.forward(ids), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("spec", [Factorised(), ActivationFactorised()])
def test_only_the_factors_learn_and_balance_at_the_start(arena, spec):
    batch = next(arena.batches(0)) if spec.evidence else None
    model = with_adapter(arena, spec, 0.0, 0, 1, batch=batch is not None).model
    names = {name.rpartition(".")[2] for name, p in model.named_parameters() if p.trainable}
    assert names == {"A", "B"}
    adapter = model.blocks[0].mlp.up.adapters["default"]
    A, B = adapter.A.data, adapter.B.data
    np.testing.assert_allclose(A @ A.T, B.T @ B, rtol=1e-4, atol=1e-5)


def test_merged_is_unmerged(arena):
    model = with_adapter(arena, Factorised(), 1e-2, 0, 3).model.eval()
    ids = next(arena.batches(1))[0]
    apart, W = model.forward(ids), model.blocks[0].mlp.up.original_W.data.copy()
    merge(model)
    np.testing.assert_allclose(model.forward(ids), apart, rtol=1e-4, atol=1e-5)
    unmerge(model)
    np.testing.assert_allclose(model.forward(ids), apart, rtol=1e-6, atol=1e-6)
    assert (model.blocks[0].mlp.up.original_W.data == W).all()


def test_the_activation_aware_start_is_nearer_on_the_batch_in_every_layer(arena):
    batch, starts = next(arena.batches(0)), {}
    for spec in (Factorised(), ActivationFactorised()):
        model = arena.model()
        inject(model, spec, rng=0, batch=batch if spec.evidence else None)
        starts[spec.method] = dense(model)
    base = arena.model()
    layers = {name: layer for name, layer in base.named_layers() if name in dense(base)}
    for name, X in gather(base, ActivationFactorised(), layers, batch).items():
        W, X = layers[name].W.data.astype(float), X.astype(float)
        plain, aware = (np.linalg.norm(X @ (W - starts[method][name]).T) for method in ("factorised", "activation-factorised"))
        assert aware < plain, name


@pytest.mark.parametrize(("case", "lost"), [("generic", 0), ("lora", 0), ("cancelling", TINY["rank"])])
def test_the_rank_of_a_sum(arena, case, lost):
    result = rank_of_sum(arena.folder, 0, case, True)
    assert result == {"rank_W": 32, "rank_sum": 32 - lost, "lower_bound": 30}


def test_the_matrix_of_the_articles():
    found = matrix(None, 0, "numbers", False)
    squares = sum(found[f"sigma_{i}"] ** 2 for i in (1, 2, 3))
    assert squares == pytest.approx(285, rel=1e-12) and found["sum_of_squares"] == 285
    assert (found["rank"], found["article_b_sum"], found["article_e_sum"]) == (2, 14, 91)
    assert found["sigma_1"] == pytest.approx(16.8481, abs=1e-4) and found["sigma_2"] == pytest.approx(1.0684, abs=1e-4)
    assert found["sigma_3"] < 1e-12 and found["error_rank_2"] < 1e-12
