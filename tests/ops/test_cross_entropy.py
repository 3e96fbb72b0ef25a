"""Cross-entropy: the steps against the fused pair, peaked logits, rows that do not count."""

import math

import numpy as np
import pytest

from minilora.ops import (
    cross_entropy_backward,
    cross_entropy_forward,
    cross_entropy_steps_backward,
    cross_entropy_steps_forward,
    softmax_forward,
)

rng = np.random.default_rng(0)
PAIRS = {
    "fused": (cross_entropy_forward, cross_entropy_backward),
    "steps": (cross_entropy_steps_forward, cross_entropy_steps_backward),
}
both = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)


@pytest.mark.parametrize("size", [1, 30, 1000])
def test_fused_equals_steps(size):
    logits, targets = size * rng.standard_normal((2, 3, 7)), rng.integers(0, 7, (2, 3))
    targets[1, 2] = -100
    (L, cache), (L_steps, cache_steps) = cross_entropy_forward(logits, targets), cross_entropy_steps_forward(logits, targets)
    np.testing.assert_allclose(L, L_steps, rtol=1e-13)
    (fused,), (steps,) = cross_entropy_backward(0.7, cache), cross_entropy_steps_backward(0.7, cache_steps)
    np.testing.assert_allclose(fused, steps, rtol=1e-12, atol=1e-16)


@both
def test_value_and_gradient_in_closed_form(pair):
    forward, backward = pair
    logits, targets = rng.standard_normal((4, 7)), np.array([3, 0, 6, 3])
    P, _ = softmax_forward(logits)
    L, cache = forward(logits, targets)
    np.testing.assert_allclose(L, -np.log(P[range(4), targets]).mean())
    np.testing.assert_allclose(backward(1.0, cache)[0], (P - np.eye(7)[targets]) / 4)


@both
@pytest.mark.parametrize("gap", [10, 40, 300])
def test_peaked_logits_have_the_exact_loss_and_gradient(pair, gap):
    """Confidently wrong: the loss is the gap and the gradient is P - onehot to the last digits. An epsilon in the log, of 1e-10,
    would halve the gradient at a gap of 23 and take all of it beyond."""
    forward, backward = pair
    L, cache = forward(np.array([[0.0, float(gap)]]), np.array([0]))
    np.testing.assert_allclose(L, gap + math.log1p(math.exp(-gap)), rtol=1e-15)
    right = 1 / (1 + math.exp(gap))
    np.testing.assert_allclose(backward(1.0, cache)[0], [[right - 1, 1 - right]], rtol=1e-14)
    L, cache = forward(np.array([[0.0, float(gap)]]), np.array([1]))
    np.testing.assert_allclose(backward(1.0, cache)[0], [[right, -right]], rtol=1e-6, atol=1e-16)


@both
def test_rows_that_do_not_count(pair):
    forward, backward = pair
    logits, targets = rng.standard_normal((3, 4, 5)), rng.integers(0, 5, (3, 4))
    targets[1] = targets[2, 3] = -100  # one sequence in whole, one token of another
    L, cache = forward(logits, targets)
    (d,) = backward(1.0, cache)
    counts = targets != -100
    alone, cache = forward(logits[counts], targets[counts])
    np.testing.assert_allclose(L, alone)
    np.testing.assert_allclose(d[counts], backward(1.0, cache)[0])
    assert not d[~counts].any()
    assert forward(np.where(counts[..., None], logits, 77), targets)[0] == L


@both
def test_minus_infinity_rules_a_class_out(pair):
    forward, backward = pair
    logits = np.array([[-np.inf, 0.0, 0.0], [-np.inf, 1.0, 0.0]])
    L, cache = forward(logits, np.array([1, -100]))
    np.testing.assert_allclose(L, math.log(2))
    np.testing.assert_allclose(backward(1.0, cache)[0], [[0, -0.5, 0.5], [0, 0, 0]])


@both
def test_all_ignored_is_refused(pair):
    with pytest.raises(ValueError, match=r"^targets are all ignore_index=-100: at least one must count, or the loss is 0/0$"):
        pair[0](rng.standard_normal((2, 5)), np.array([-100, -100]))


@both
def test_another_ignore_index(pair):
    forward, _ = pair
    logits = rng.standard_normal((2, 5))
    assert forward(logits, np.array([0, 3]), ignore_index=0)[0] == forward(logits[1:], np.array([3]))[0]


@both
def test_uniform_logits_cost_log_V_and_targets_are_not_changed(pair):
    targets = np.array([1, -100, 4])
    targets.flags.writeable = False
    np.testing.assert_allclose(pair[0](np.zeros((3, 7)), targets)[0], math.log(7))
