"""A rank that is held: the bound holds at the end, the course tells of projections, and what learns is what should."""

import numpy as np
import pytest

from minilora import lowrank
from minilora.compress import matrices
from minilora.data import evaluation_windows
from minilora.experiments.lowrank import constrained
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.runs import held_out_loss

IDS = np.random.default_rng(0).integers(0, 90, 2000)
WINDOWS = evaluation_windows(IDS, 64, 2)
SHORT = {"rate": 1e-3, "r": 4, "steps": 3, "batch_size": 1}


def test_the_base_cut_to_a_rank():
    model, _ = load_pretrained()
    cut = {name: lowrank.truncate(p.data, 4) for name, p in matrices(model).items()}
    for name, p in matrices(model).items():
        p.data = cut[name]
    assert constrained.cut_loss(WINDOWS, 4) == pytest.approx(held_out_loss(model, WINDOWS), rel=1e-6)


def test_a_projected_run_is_seen_before_and_after_each_projection():
    run = constrained.hold("projected", IDS, WINDOWS, 0, every=2, watch=WINDOWS, **SHORT)
    assert [step for step, _ in run["course"]] == [0, 1, 2, 2, 3, 3]
    assert run["course"][0][1] == pytest.approx(held_out_loss(load_pretrained()[0], WINDOWS), rel=1e-6)
    assert run["course"][-1][1] == run["loss"] and 0 < run["turned"] < 1


def test_a_factorised_run_starts_at_the_cut_and_trains_few_numbers():
    run = constrained.hold("factorised", IDS, WINDOWS, 0, watch=WINDOWS, **SHORT)
    assert [step for step, _ in run["course"]] == [0, 1, 2, 3]
    assert run["course"][0][1] == pytest.approx(constrained.cut_loss(WINDOWS, 4), rel=1e-4)
    model, _ = load_pretrained()
    bounded = [p.data for p in matrices(model).values()]
    others = sum(p.data.size for p in model.parameters()) - sum(W.size for W in bounded)
    assert run["values"] == others + 4 * sum(sum(W.shape) for W in bounded)


def test_watching_changes_nothing_and_a_seed_repeats():
    plain = constrained.hold("projected", IDS, WINDOWS, 1, every=3, **SHORT)
    watched = constrained.hold("projected", IDS, WINDOWS, 1, every=3, watch=WINDOWS, **SHORT)
    assert plain == watched | {"course": []}
    assert plain["loss"] != constrained.hold("projected", IDS, WINDOWS, 2, every=3, **SHORT)["loss"]
