"""Softmax and the KL divergence: huge logits, shifts, one-hot limits."""

import numpy as np
import pytest

from minilora.ops import kl_divergence_backward, kl_divergence_forward, softmax_backward, softmax_forward

rng = np.random.default_rng(0)
x, z, dP = rng.standard_normal((3, 2, 3, 5))


@pytest.mark.parametrize("shift", [0, 1000, -1000, 1e300])
def test_huge_logits(shift):
    P, _ = softmax_forward(np.zeros(4) + shift)
    assert np.array_equal(P, np.full(4, 0.25))


def test_a_shift_changes_nothing_and_rows_sum_to_one():
    P, cache = softmax_forward(x)
    np.testing.assert_allclose(P.sum(axis=-1), 1)
    np.testing.assert_allclose(softmax_forward(x + 100)[0], P)
    np.testing.assert_allclose(softmax_backward(dP, cache)[0].sum(axis=-1), 0, atol=1e-15)
    assert np.abs(softmax_backward(np.ones_like(P), cache)[0]).max() < 1e-15


def test_minus_infinity_is_probability_zero():
    P, cache = softmax_forward(np.array([0.0, -np.inf, 0.0]))
    assert np.array_equal(P, [0.5, 0, 0.5])
    assert softmax_backward(np.array([1.0, 5.0, 2.0]), cache)[0][1] == 0


def test_float32_far_apart():
    P, _ = softmax_forward(np.array([1e30, 0, -1e30], dtype="float32"))
    assert np.array_equal(P, [1, 0, 0])


@pytest.mark.parametrize("tau", [0.5, 1.0, 4.0])
def test_kl_is_zero_with_zero_gradient_only_where_both_agree(tau):
    L, cache = kl_divergence_forward(x, x + 3, tau)
    assert abs(L) < 1e-14
    assert all(np.abs(g).max() < 1e-15 for g in kl_divergence_backward(1.0, cache))
    assert kl_divergence_forward(x, z, tau)[0] > 0.01


def test_kl_against_its_definition():
    tau = 1.7
    p_s, p_t = softmax_forward(x / tau)[0], softmax_forward(z / tau)[0]
    expected = tau**2 * (p_t * np.log(p_t / p_s)).sum(axis=-1).mean()
    np.testing.assert_allclose(kl_divergence_forward(x, z, tau)[0], expected)


def test_kl_of_huge_logits_is_finite():
    student, teacher = np.array([[1000.0, 0.0]]), np.array([[0.0, 1000.0]])
    L, cache = kl_divergence_forward(student, teacher)
    assert L == 1000
    np.testing.assert_allclose(kl_divergence_backward(1.0, cache)[0], [[1, -1]])
