"""Attacks: how far each moves an example, that the gradient is right, and that the model is left as it was."""

import math

import numpy as np
import pytest

from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.attacks import (
    ATTACKS,
    PGD_STEPS,
    along,
    distance,
    fgm,
    input_gradient,
    norms,
    pgd,
    random_move,
    robust_loss,
)
from minilora.gradcheck import check_function

IDS = np.array([[1, 5, 0, 3], [2, 2, 6, 4]])
TARGETS = np.array([[5, 0, 3, -100], [2, 6, 4, 1]])
DELTA = 0.03


@pytest.fixture
def x(small):
    return small("tiny-gpt").embed.forward(IDS)


def test_the_gradient_of_the_input(small, x):
    model = small("tiny-gpt")
    report = check_function(lambda x: model.loss(x, TARGETS), lambda x: input_gradient(model, x, TARGETS)[1], x, rtol=1e-6)
    assert report.ok, str(report)


def test_the_parameters_gradients_are_handed_over_and_their_own_stay(small, x):
    model, there = small("tiny-gpt"), small("tiny-gpt")
    there.loss(x, TARGETS)
    there.backward()
    for p in model.parameters():
        p.grad[...] = 7
    L, _, own = input_gradient(model, x, TARGETS)
    assert L == there.loss(x, TARGETS)
    for (p, gradient), expected in zip(own, there.parameters(), strict=True):
        assert np.array_equal(gradient, expected.grad) and (p.grad == 7).all()


@pytest.mark.parametrize("attack", [random_move, fgm])
def test_an_example_moves_exactly_so_far(small, x, attack):
    r = attack(small("tiny-gpt"), x, TARGETS, DELTA)
    np.testing.assert_allclose(norms(r), np.full((2, 1, 1), DELTA))


def test_pgd_stays_within_the_distance_and_does_not_take_one_step_only(small, x):
    model = small("tiny-gpt")
    r = pgd(model, x, TARGETS, DELTA)
    assert (norms(r) <= DELTA * (1 + 1e-12)).all() and (norms(r) > 0.5 * DELTA).all()
    assert np.abs(r - fgm(model, x, TARGETS, DELTA)).max() > 1e-6


def test_pgd_is_its_definition(small, x):
    """Steps of 2 delta / 5, each along the gradient where the last one led; what is too long is shortened."""
    model, r = small("tiny-gpt"), np.zeros_like(x)
    for _ in range(PGD_STEPS):
        g = input_gradient(model, x + r, TARGETS)[1]
        for n in range(2):
            r[n] += 0.4 * DELTA * g[n] / np.linalg.norm(g[n])
            r[n] *= DELTA / np.linalg.norm(r[n]) if np.linalg.norm(r[n]) > DELTA else 1
    np.testing.assert_allclose(pgd(model, x, TARGETS, DELTA), r, rtol=1e-9, atol=1e-14)


def test_no_other_direction_of_that_length_costs_more_at_first(small, x):
    """For a move so short that the loss is straight, FGM's rise is delta times the gradient's length in each example."""
    model, short = small("tiny-gpt"), 1e-6
    L, g, _ = input_gradient(model, x, TARGETS)
    rise = {name: model.loss(x + attack(model, x, TARGETS, short), TARGETS) - L for name, attack in ATTACKS.items()}
    assert rise["fgm"] == pytest.approx(short * norms(g).sum(), rel=1e-3)
    assert abs(rise["random"]) < 0.5 * rise["fgm"] and rise["pgd"] == pytest.approx(rise["fgm"], rel=1e-3)


def test_an_example_without_a_gradient_stays_where_it_is():
    assert not along(np.zeros((2, 3)), 1).any()
    np.testing.assert_allclose(along(np.array([[3.0, 4.0], [0.0, 0.0]]), 1), [[0.6, 0.8], [0, 0]])


def test_the_distance_follows_the_embeddings_and_the_length_of_the_text(small):
    model = small("tiny-gpt")
    lengths = [math.sqrt(sum(v * v for v in row)) for row in model.embed.W.data]
    assert distance(model, 9, 0.1) == pytest.approx(0.1 * 3 * sum(lengths) / len(lengths), rel=1e-12)


def test_robust_loss_is_the_loss_of_moved_text(tiny_arena):
    model, windows = tiny_arena.model(), tiny_arena.held_out["target"]
    plain = held_out_loss(model, windows)
    assert robust_loss(model, windows, eps=0.0) == pytest.approx(plain, rel=1e-6)
    attacked = {name: robust_loss(model, windows, eps=0.05, attack=attack) for name, attack in ATTACKS.items()}
    assert plain < attacked["fgm"] and abs(attacked["random"] - plain) < 0.3 * (attacked["fgm"] - plain)
    assert attacked["pgd"] > plain and attacked["pgd"] != attacked["fgm"]
    ((ids, targets),) = windows
    x = model.embed.forward(ids)
    moved = x + fgm(model, x, targets, distance(model, ids.shape[1], 0.05))
    assert attacked["fgm"] == pytest.approx(model.loss(moved, targets), rel=1e-6)


def test_it_leaves_the_model_as_it_was(tiny_arena):
    model = tiny_arena.model()
    before = [p.data.copy() for p in model.parameters()]
    robust_loss(model, tiny_arena.held_out["target"])
    assert model.training and model.blocks[0].training
    assert all(np.array_equal(p.data, b) and not p.grad.any() for p, b in zip(model.parameters(), before, strict=True))
    robust_loss(model.eval(), tiny_arena.held_out["target"])
    assert not model.training
