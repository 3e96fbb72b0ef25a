"""Article D and its neighbours: what is drawn again, what is kept, and where the change of W lies."""

from dataclasses import replace

import numpy as np
import pytest

from minilora import compress
from minilora.adapters import LoRA, inject
from minilora.experiments.runs import count
from minilora.experiments.systems.arena import FULL, prepare
from minilora.experiments.systems.contestant import measure
from minilora.experiments.systems.local_random import (
    CONTESTANTS,
    SHARE,
    STD,
    STUDIES,
    TOY,
    SubspaceAdam,
    choose_local,
    described,
    least_squares,
    random_directions,
    redrawn,
)
from minilora.nn.parameter import Parameter

TINY = {"d_model": 32, "n_layers": 1, "block_size": 16, "batch_size": 4, "base_steps": 5, "steps": 8, "rank": 2, "windows": 4}
BY_NAME = {c.name: c for c in CONTESTANTS}


def matrices_of(model):
    """The Parameters of the blocks' matrices."""
    return list(compress.matrices(model).values())


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), replace(FULL, **TINY))[0]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_contestant_trains(arena, name):
    adapted = BY_NAME[name].adapt(arena, BY_NAME[name].rate, 0, 2)
    assert len(adapted.history) == 2
    assert np.isfinite(measure(arena, adapted)["target_loss"])


def test_the_local_share_is_exact():
    rng = np.random.default_rng(0)
    parameters = [Parameter(rng.standard_normal(shape)) for shape in ((8, 5), (4, 3))]
    assert [int(where.sum()) for _, where in choose_local(parameters, 0.25, rng)] == [10, 3]
    assert [int(where.sum()) for _, where in choose_local(parameters, 0.0, rng)] == [0, 0]


def test_before_each_batch_all_local_entries_change_and_no_others():
    rng = np.random.default_rng(0)
    p = Parameter(np.ones((8, 5)))
    [(_, where)] = local = choose_local([p], 0.5, rng)
    seen = [p.data.copy() for _ in redrawn([1, 2, 3], local, 0.02, rng)]
    assert all((W[~where] == 1).all() for W in seen)
    values = np.array([W[where] for W in seen])
    assert len(np.unique(values)) == values.size
    assert abs(values).max() < 0.1


def test_at_rate_zero_a_quarter_of_each_matrix_is_drawn_and_all_else_is_the_base(arena):
    before, after = (dict(m.named_parameters()) for m in (arena.model(), described(arena, 0.0, 0, 2).model))
    matrices = {p.name for p in matrices_of(arena.model())}
    for name, p in before.items():
        changed = after[name].data != p.data
        assert changed.sum() == (SHARE * p.data.size if name in matrices else 0), name
    drawn = np.concatenate([after[name].data[after[name].data != before[name].data] for name in matrices])
    assert drawn.std() == pytest.approx(STD, rel=0.1)


def test_all_entries_take_the_step(arena):
    before, after = arena.model(), described(arena, 1e-3, 0, 1).model
    for p, q in zip(matrices_of(before), matrices_of(after), strict=True):
        assert (p.data != q.data).mean() > 0.99


def test_relora_exceeds_loras_rank_and_keeps_a_pair_of_factors_for_each_stretch(arena):
    adapted = BY_NAME["relora"].adapt(arena, 1e-2, 0, 8)
    result = measure(arena, adapted)
    assert 2 < result["change_rank"] <= 4 * 2
    assert result["stored_values"] == 4 * result["trained_values"]
    assert BY_NAME["relora"].adapt(arena, 1e-2, 0, 5).stored == 3 * result["trained_values"]


@pytest.mark.parametrize("name", ["galore", "flora"])
def test_each_projection_adds_its_rank(arena, name):
    at_10, at_20 = (measure(arena, BY_NAME[name].adapt(arena, 1e-2, 0, steps))["change_rank"] for steps in (10, 20))
    assert at_10 == 2
    assert 2 < at_20 <= 4


def test_the_subspace_has_as_many_values_as_lora_and_leaves_all_else_alone(arena):
    adapted = BY_NAME["subspace"].adapt(arena, 1e-2, 0, 3)
    lora = arena.model()
    inject(lora, LoRA(r=2))
    assert adapted.found["trained_values"] == adapted.stored == count(lora, trainable_only=True)
    assert measure(arena, adapted)["trained_values"] == adapted.stored
    matrices = {p.name for p in matrices_of(adapted.model)}
    base = dict(arena.model().named_parameters())
    for name, p in adapted.model.named_parameters():
        assert (p.data == base[name].data).all() == (name not in matrices), name


def test_the_change_lies_in_the_span_of_the_directions(small):
    model, ids = small(), np.array([[1, 2, 3, 4, 5]])
    optimizer = SubspaceAdam(model.parameters(), 0.1, 7, rng=0)
    start = optimizer.parameters.data.copy()
    for _ in range(3):
        model.zero_grad()
        model.loss(ids, ids)
        model.backward()
        optimizer.step()
    moved, P = optimizer.parameters.data - start, optimizer.P.toarray()
    z = np.linalg.lstsq(P, moved, rcond=None)[0]
    assert np.linalg.norm(moved) > 0.1
    assert np.linalg.norm(moved - P @ z) < 1e-12 * np.linalg.norm(moved)


def test_the_gradient_along_the_directions_is_the_numeric_one(small):
    model, ids = small(), np.array([[1, 2, 3, 4, 5]])
    optimizer = SubspaceAdam(model.parameters(), 0.1, 7, rng=0)
    flat, P, h = optimizer.parameters, optimizer.P, 1e-5
    start = flat.data.copy()

    def loss(z):
        flat.data[:] = start + P @ z
        return model.loss(ids, ids)

    numeric = np.array([(loss(h * e) - loss(-h * e)) / (2 * h) for e in np.eye(7)])
    flat.data[:] = start
    model.zero_grad()
    model.loss(ids, ids)
    model.backward()
    dz = P.T @ flat.grad
    np.testing.assert_allclose(dz, numeric, rtol=1e-6, atol=1e-9)
    optimizer.step()  # Adam's first: lr in each value, against the sign of its gradient, up to eps
    np.testing.assert_allclose(flat.data - start, -0.1 * (P @ (dz / (abs(dz) + optimizer.eps))), rtol=1e-9, atol=1e-12)


def test_the_directions_are_sparse_of_length_one_and_come_from_the_seed():
    P, again = (random_directions(10_000, 12, np.random.default_rng(3), np.dtype("float64")).toarray() for _ in range(2))
    assert (P == again).all()
    assert ((P != 0).sum(axis=0) >= 95).all() and ((P != 0).sum(axis=0) <= 100).all()
    np.testing.assert_allclose((P * P).sum(axis=0), 1, atol=0.1)
    assert abs(P.T @ P - np.diag((P * P).sum(axis=0))).max() < 0.1


def test_subspace_moments_are_kept_by_name_and_can_be_taken_up(small):
    first, second = (SubspaceAdam(small().parameters(), 0.1, 7, rng=0) for _ in range(2))
    first.moments["m"][:] = np.arange(7)
    second.load_state(first.state())
    assert (second.moments["m"] == np.arange(7)).all()
    assert first.state_bytes == 2 * 7 * 8


@pytest.mark.parametrize("case", STUDIES[0].cases)
def test_least_squares_stop_at_the_floor(case):
    result = least_squares(None, 0, case, False)
    if case == "0":
        assert result["floor"] == 0 and result["loss"] < 1e-3
    else:
        assert result["loss"] == pytest.approx(result["floor"], rel=0.15)
        assert result["loss"] > 0.85 * result["loss_halfway"]


def test_the_floor_grows_with_the_share():
    floors = [least_squares(None, 1, case, False)["floor"] for case in STUDIES[0].cases]
    assert floors == sorted(floors)
    assert floors[-1] == pytest.approx(2 * 0.9 * TOY["n_in"], rel=0.25)
