"""The shifted cross-entropy: its limits, its clamp, and how much of a row's gradient is left."""

import math

import numpy as np
import pytest

from minilora.gradcheck import Cause, check
from minilora.ops import (
    cross_entropy_backward,
    cross_entropy_forward,
    registry,
    shifted_cross_entropy_backward,
    shifted_cross_entropy_forward,
)

rng = np.random.default_rng(0)


def logits_for(p, V=5):
    """One row whose target, class 0, has probability p, and the others the rest in equal parts."""
    return np.log(np.array([[p, *[(1 - p) / (V - 1)] * (V - 1)]]))


def run(logits, targets, **constants):
    L, cache = shifted_cross_entropy_forward(logits, targets, **constants)
    return L, shifted_cross_entropy_backward(1.0, cache)[0]


def test_without_a_shift_it_is_cross_entropy():
    logits, targets = 3 * rng.standard_normal((2, 3, 7)), np.array([[1, -100, 6], [0, 0, 4]])
    L, dlogits = run(logits, targets, eps=0.0)
    there, cache = cross_entropy_forward(logits, targets)
    np.testing.assert_allclose(L, there, rtol=1e-13)
    np.testing.assert_allclose(dlogits, cross_entropy_backward(1.0, cache)[0], rtol=1e-11, atol=1e-16)


@pytest.mark.parametrize("p", [0.001, 0.1, 0.5, 0.89])
def test_a_row_counts_p_over_p_plus_eps_of_what_it_does_in_cross_entropy(p):
    L, dlogits = run(logits_for(p), np.array([0]))
    np.testing.assert_allclose(L, -math.log(p + 0.1))
    plain = cross_entropy_backward(1.0, cross_entropy_forward(logits_for(p), np.array([0]))[1])[0]
    np.testing.assert_allclose(dlogits, p / (p + 0.1) * plain, rtol=1e-10)


@pytest.mark.parametrize("p", [0.901, 0.95, 0.999])
def test_beyond_the_clamp_a_row_costs_nothing_and_teaches_nothing(p):
    logits = np.concatenate([logits_for(p), logits_for(0.4)])
    L, dlogits = run(logits, np.array([0, 0]))
    np.testing.assert_allclose(L, -math.log(0.5) / 2)
    assert not dlogits[0].any() and np.abs(dlogits[1]).min() > 0


def test_gradcheck_names_the_kink_and_blames_nothing():
    """A third of the rows exactly at p + eps = 1, where the slopes on the two sides differ."""
    logits = np.concatenate([logits_for(0.9), logits_for(0.3), logits_for(0.99)])
    pair = (shifted_cross_entropy_forward, shifted_cross_entropy_backward)
    report = check(*pair, {"logits": logits, "targets": np.zeros(3, dtype=int)}, {"eps": 0.1})
    assert report.ok and {finding.cause for finding in report.findings} == {Cause.KINK}


def test_the_registered_inputs_lie_on_both_sides_of_the_kink_and_not_near_it():
    op = registry["shifted_cross_entropy"]
    for seed in range(50):
        inputs = op.make_inputs(np.random.default_rng(seed))
        _, (_, p, eps, _, keep, _, _) = op.forward(**inputs, **op.constants)
        side = (p + eps - 1)[keep == 1]
        assert (side > 0).sum() == 1 and (side < 0).sum() == 4 and np.abs(side).min() > 0.02


def test_rows_that_do_not_count():
    logits, targets = rng.standard_normal((3, 4, 5)), rng.integers(0, 5, (3, 4))
    targets[1] = targets[2, 3] = -100
    counts = targets != -100
    L, dlogits = run(logits, targets)
    alone, dalone = run(logits[counts], targets[counts])
    np.testing.assert_allclose(L, alone)
    np.testing.assert_allclose(dlogits[counts], dalone)
    assert not dlogits[~counts].any()
    with pytest.raises(ValueError, match="^targets are all ignore_index=-100: at least one must count"):
        run(logits, np.full((3, 4), -100))
