"""Article E's neighbour: one step is a step of descent and a truncation, and the bound holds after every one."""

import numpy as np

from minilora.compress import matrices
from minilora.experiments.systems.contestant import measure
from minilora.experiments.systems.iterative import CONTESTANTS, HardThresholding, thresholded_step
from minilora.experiments.systems.rank_constraint import RANK

IDS = np.array([[1, 2, 3, 4, 5]])


def gradients(model):
    model.zero_grad()
    model.loss(IDS, IDS)
    model.backward()
    return {name: p.grad.copy() for name, p in model.named_parameters()}


def test_one_step_is_descent_and_a_truncation(small):
    model = small(d_model=20, d_head=10, d_mlp=24)
    projected = {p.name: p for p in matrices(model).values()}
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    optimizer, G = HardThresholding(model.parameters(), 0.05, list(projected.values()), 3), gradients(model)
    optimizer.step()
    for name, p in model.named_parameters():
        descended = before[name] - 0.05 * G[name]
        expected = thresholded_step(before[name], G[name], 0.05, 3) if name in projected else descended
        np.testing.assert_allclose(p.data, expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_bound_holds_after_every_step(small):
    model = small(d_model=20, d_head=10, d_mlp=24)
    projected = list(matrices(model).values())
    optimizer = HardThresholding(model.parameters(), 0.05, projected, 3)
    for _ in range(4):
        gradients(model)
        optimizer.step()
        assert {int(np.linalg.matrix_rank(p.data)) for p in projected} == {3}


def test_the_contestant_keeps_factors_of_the_rank_and_no_moments(tiny_arena):
    (iht,) = CONTESTANTS
    adapted = iht.adapt(tiny_arena, iht.rate, 0, 3)
    model, measured = adapted.model, measure(tiny_arena, adapted)
    blocks = [p.data for p in matrices(model).values()]
    others = sum(p.data.size for p in model.parameters()) - sum(W.size for W in blocks)
    assert len(adapted.history) == 3 and len(blocks) == 6 and measured["rank"] == measured["constraint_rank"] == RANK
    assert measured["stored_values"] == others + sum(RANK * sum(W.shape) for W in blocks)
    assert adapted.optimizer.state_bytes == 0
