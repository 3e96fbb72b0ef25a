"""Triplets are cut by the measure that is named, and come back; what is masked is counted."""

import numpy as np
import pytest

from minilora.data import evaluation_windows
from minilora.experiments.runs import held_out_loss
from minilora.experiments.triplets import loss_after_cut, measures, ranks, rises_after_cuts, trained

IDS = np.random.default_rng(0).integers(0, 97, 2000)
WINDOWS = evaluation_windows(IDS[:100], 64)


@pytest.fixture(scope="module")
def learnt():
    return trained(IDS, seed=0, steps=6, r=2, r_target=2)


def test_size_is_the_norm_of_what_a_triplet_adds(learnt):
    _, optimizer = learnt
    found = measures(optimizer, np.random.default_rng(0))
    first = optimizer.adapters[0]
    for i in range(2):
        part = first.scale * np.outer(first.P.data[:, i], first.Q.data[i]) * first.lam.data[i]
        assert found["size"][i] == pytest.approx(np.linalg.norm(part), rel=1e-5)
    assert {len(measure) for measure in found.values()} == {2 * 24}


def test_the_smallest_are_switched_off_and_come_back(learnt):
    model, optimizer = learnt
    before = [a.lam.data.copy() for a in optimizer.adapters]
    uncut = held_out_loss(model, WINDOWS)
    last = np.zeros(48)
    last[-1] = 1.0
    left = []

    def look(model, windows):
        left.extend(a.lam.data.copy() for a in optimizer.adapters)
        return 0.0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minilora.experiments.triplets.held_out_loss", look)
        loss_after_cut(model, optimizer, last, 47 / 48, WINDOWS)
    assert np.flatnonzero(np.concatenate(left)).tolist() == [47] and left[-1][1] == before[-1][1]
    assert all(np.array_equal(a.lam.data, lam) for a, lam in zip(optimizer.adapters, before, strict=True))
    assert loss_after_cut(model, optimizer, last, 0.0, WINDOWS) == uncut


def test_rises_are_of_each_measure_and_share_and_all_cut_is_the_same_for_all(learnt):
    found = rises_after_cuts(*learnt, (0.5, 1.0), WINDOWS, rng=0)
    assert list(found) == ["importance", "size", "random", "importance, the largest first"]
    assert len({rises[1] for rises in found.values()}) == 1 and len({rises[0] for rises in found.values()}) > 1


def test_masking_leaves_as_many_as_the_budget(learnt):
    assert set(ranks(learnt[0]).values()) == {2}
    masked, _ = trained(IDS, seed=0, steps=10, r=2, r_target=1)
    assert sum(ranks(masked).values()) == 24
