"""LoRA's path: its gradients are projections of the full one, and B = 0 silences A's only."""

import numpy as np
import pytest

from minilora.ops import linear_backward, linear_forward, lora_backward, lora_forward

rng = np.random.default_rng(0)
n_in, n_out, r, s, p = 7, 11, 5, 1.4, 0.3
x, W, A, B, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (n_out, n_in), (r, n_in), (n_out, r), (2, 3, n_out)))
keep = rng.random(x.shape) >= p
masks = pytest.mark.parametrize("mask", [None, keep], ids=["no dropout", "dropout"])


def full_gradient(x_seen):
    """dW of the full matrix on the same input."""
    return linear_backward(dy, linear_forward(x_seen, W)[1])[1]


@masks
def test_forward_is_the_matrix_s_B_A(mask):
    seen = x if mask is None else x * mask / (1 - p)
    y, _ = lora_forward(x, A, B, mask, s, p)
    np.testing.assert_allclose(y, seen @ (s * B @ A).T)


@masks
def test_dA_and_dB_are_projections_of_the_full_gradient(mask):
    seen = x if mask is None else x * mask / (1 - p)
    _, cache = lora_forward(x, A, B, mask, s, p)
    dx, dA, dB = lora_backward(dy, cache)
    dW = full_gradient(seen)
    np.testing.assert_allclose(dA, s * B.T @ dW)
    np.testing.assert_allclose(dB, s * dW @ A.T)
    np.testing.assert_allclose(dx, dy @ (s * B @ A) * (1 if mask is None else mask / (1 - p)))


def test_with_B_zero_A_gets_nothing_and_B_does():
    y, cache = lora_forward(x, A, 0 * B, None, s)
    dx, dA, dB = lora_backward(dy, cache)
    assert not y.any() and not dA.any() and not dx.any()
    np.testing.assert_allclose(dB, s * full_gradient(x) @ A.T)
    assert np.abs(dB).min() > 0


def test_with_both_zero_nothing_learns():
    _, cache = lora_forward(x, 0 * A, 0 * B, None, s)
    assert not any(g.any() for g in lora_backward(dy, cache))


def test_keep_is_optional_and_the_scale_is_a_factor():
    y, cache = lora_forward(x, A, B)
    np.testing.assert_allclose(lora_forward(x, A, B, s=s)[0], s * y)
    np.testing.assert_allclose(lora_forward(x, A, B, np.ones_like(keep), 1.0, 0.0)[0], y)
    doubled = lora_backward(dy, lora_forward(x, A, B, s=2.0)[1])
    for one, two in zip(lora_backward(dy, cache), doubled, strict=True):
        np.testing.assert_allclose(two, 2 * one)


def test_any_invertible_R_between_B_and_A_gives_the_same_change():
    R = rng.standard_normal((r, r)) + 3 * np.eye(r)
    np.testing.assert_allclose(lora_forward(x, np.linalg.solve(R, A), B @ R, s=s)[0], lora_forward(x, A, B, s=s)[0])
