"""Runs of the base of the package, in memory: each made once, and its change put back gives its loss."""

import numpy as np
import pytest

from minilora.experiments.lowrank import pretrained_ground
from minilora.experiments.lowrank.tuning import Tuning

SHORT = pretrained_ground.Setting(steps=2, seeds=2, batch_size=1, windows=2)
LORA = Tuning("lora", 0, 2)


@pytest.fixture(scope="module")
def ground():
    return pretrained_ground.PretrainedGround(SHORT)


def test_seeds_and_sizes_are_the_settings(ground):
    assert ground.seeds == (0, 1)
    shapes = {W.shape for W in ground.base.values()}
    assert len(ground.base) == 6 * SHORT.n_layers and (SHORT.d_model, SHORT.d_model) in shapes


def test_a_run_is_made_once(ground, monkeypatch):
    first = ground.run([LORA])
    monkeypatch.setattr(pretrained_ground, "trained", None)  # a second call would fail
    assert ground.run([LORA]) == first


def test_the_change_put_back_gives_the_loss_of_the_run(ground):
    assert ground.loss_with({}) == pytest.approx(ground.base_losses["target"], rel=1e-6)
    changes = ground.changes(LORA)
    assert changes.keys() == ground.base.keys() and all(np.linalg.matrix_rank(D) <= 2 for D in changes.values())
    assert ground.loss_with(changes) == pytest.approx(ground.run([LORA])[LORA]["target"], rel=1e-5)
    assert ground.loss_with({}) == pytest.approx(ground.base_losses["target"], rel=1e-6)  # nothing of it stays


def test_unwatched_runs_end_alike_without_a_path(ground):
    tuning = Tuning("full", 0, rate=1e-3)
    watched = ground.run([tuning])[tuning]
    unwatched = pretrained_ground.PretrainedGround(SHORT, watch=False)
    assert unwatched.run([tuning])[tuning] == watched | {"path": []}
    assert [row["step"] for row in watched["path"]] == [0, 1, 2] and list(unwatched.course(tuning)) == [0, 1, 2]
