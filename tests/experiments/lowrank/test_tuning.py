"""The runs: what learns, what is kept, and that a subspace is that of the library's formulas."""

import numpy as np
import pytest

from minilora import lowrank
from minilora.experiments.lowrank.subspace import random_directions
from minilora.experiments.lowrank.tuning import RATES, Tuning, adapted, learner
from minilora.experiments.runs import held_out_loss
from minilora.training import SGD


def test_names_tell_runs_apart():
    runs = [Tuning("full", 0), Tuning("full", 1), Tuning("full", 0, rate=0.1), Tuning("full", 0, targets=("attn.q", "attn.v"))]
    runs += [Tuning("lora", 0, 2), Tuning("lora", 0, 4), Tuning("lora", 0, 2, ("attn.q",)), Tuning("subspace", 0, 2)]
    assert len({run.name for run in runs}) == len(runs)


def test_what_learns(ground):
    arena = ground.arena

    def learns(tuning):
        return [p.name for p in adapted(arena, tuning).parameters() if p.trainable]

    assert learns(Tuning("full", 0, targets=("attn.q",))) == ["blocks.0.attn.q.W"]
    assert len(learns(Tuning("full", 0))) == len(arena.model().parameters())
    assert learns(Tuning("lora", 0, 2, ("attn.v",))) == [f"blocks.0.attn.v.lora.default.{leaf}" for leaf in "AB"]
    assert learns(Tuning("subspace", 0, 2, ("attn.v",))) == ["z"]


def test_kept_arrays_are_the_change(ground):
    """The model with W + Delta W in place has the loss that the run ended with."""
    for tuning in (Tuning("lora", 0, 2), Tuning("lora", 0, 32)):
        model, changes = ground.arena.model(), ground.changes(tuning)
        for name, p in model.named_parameters():
            if name.removesuffix(".W") in changes:
                p.data = p.data + changes[name.removesuffix(".W")].astype("float32")
        loss = held_out_loss(model, ground.arena.held_out["target"])
        assert loss == pytest.approx(ground.run([tuning])[tuning]["target"], rel=1e-5)
        assert loss != pytest.approx(ground.base_losses["target"], rel=1e-5)


def test_the_course_begins_at_nothing_and_ends_with_the_change(ground):
    course = ground.course(Tuning("full", 0))
    assert list(course) == [0, 1, 2, 4] and all((change == 0).all() for change in course[0].values())
    assert all((change == course[4][name]).all() for name, change in ground.changes(Tuning("full", 0)).items())
    assert list(course[0]) == list(ground.base)


def test_directions_are_those_of_the_library():
    d, D = 5, 70
    P = random_directions(d, D, 3, "float64")
    z, g = np.random.default_rng(0).standard_normal(d), np.random.default_rng(1).standard_normal(D)
    np.testing.assert_allclose(z @ P, lowrank.expand(z, 3, D), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(P @ g, lowrank.reduce(g, 3, d), rtol=1e-12, atol=1e-14)


def test_gradient_of_a_subspace(ground):
    """dz against the difference of two losses; the step is wide, as the model computes in float32."""
    space = adapted(ground.arena, Tuning("subspace", 0, 6, ("attn.v",)))
    batch = next(ground.arena.batches(0))
    assert [p.name for p in space.model.parameters() if p.trainable] == ["blocks.0.attn.v.W"]
    for _ in range(2):  # nothing is left from the first time
        space.zero_grad()
        space.loss(*batch)
        space.backward()
    dz = space.z.grad.copy()
    direction = dz / np.linalg.norm(dz)
    losses = []
    for step in (0.05, -0.05):
        space.z.data = step * direction
        losses.append(space.loss(*batch))
    assert (losses[0] - losses[1]) / 0.1 == pytest.approx(float(direction @ dz), rel=0.02)


def test_a_step_moves_within_the_subspace_and_nothing_else(ground):
    before = ground.base
    space = adapted(ground.arena, Tuning("subspace", 0, 6, ("attn.v",)))
    batch = next(ground.arena.batches(0))
    optimizer = SGD(space.parameters(), lr=0.1)
    space.loss(*batch)
    space.backward()
    optimizer.step()
    space.loss(*batch)
    after = {name.removesuffix(".W"): p.data for name, p in space.model.named_parameters()}
    moved = (after["blocks.0.attn.v"] - before["blocks.0.attn.v"]).ravel()
    outside = moved - np.linalg.lstsq(space.directions.T, moved, rcond=None)[0] @ space.directions
    assert np.linalg.norm(moved) > 0 and np.linalg.norm(outside) < 1e-4 * np.linalg.norm(moved)
    assert all((after[name] == before[name]).all() for name in before if name != "blocks.0.attn.v")


def test_rates(ground):
    assert Tuning("lora", 0, 2).rate == RATES["lora"] and Tuning("full", 0) == Tuning("full", 0, rate=RATES["full"])
    for method, factor in (("subspace", 8), ("lora", 1)):  # sqrt(1024 / 16)
        tuning = Tuning(method, 0, 16, ("attn.v",), rate=0.25)
        assert learner(adapted(ground.arena, tuning), tuning).lr == 0.25 * factor
