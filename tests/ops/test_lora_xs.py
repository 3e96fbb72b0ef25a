"""LoRA-XS's path: a square matrix between two frozen factors moves W within its leading directions."""

import numpy as np
import pytest

from minilora.ops import lora_forward, lora_xs_backward, lora_xs_forward

rng = np.random.default_rng(0)
n_in, n_out, r, s, p = 7, 11, 5, 1.4, 0.3
x, A, B, R, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (r, n_in), (n_out, r), (r, r), (2, 3, n_out)))
keep = rng.random(x.shape) >= p
masks = pytest.mark.parametrize("mask", [None, keep], ids=["no dropout", "dropout"])


@masks
def test_forward_is_the_matrix_s_B_R_A(mask):
    seen = x if mask is None else x * mask / (1 - p)
    np.testing.assert_allclose(lora_xs_forward(x, A, B, R, mask, s, p)[0], seen @ (s * B @ R @ A).T)


@masks
def test_gradients_are_projections_of_the_full_gradient(mask):
    scale = 1 if mask is None else mask / (1 - p)
    _, cache = lora_xs_forward(x, A, B, R, mask, s, p)
    dx, dA, dB, dR = lora_xs_backward(dy, cache)
    dW = np.einsum("nto,nti->oi", dy, x * scale)
    np.testing.assert_allclose(dR, s * B.T @ dW @ A.T)
    np.testing.assert_allclose(dB, s * dW @ A.T @ R.T)
    np.testing.assert_allclose(dA, s * R.T @ B.T @ dW)
    np.testing.assert_allclose(dx, dy @ (s * B @ R @ A) * scale)


def test_with_factors_of_the_SVD_R_scales_singular_values():
    W = rng.standard_normal((n_out, n_in))
    U, sigma, Vt = np.linalg.svd(W, full_matrices=False)
    change = lora_xs_forward(np.eye(n_in), sigma[:r, None] * Vt[:r], U[:, :r], 0.5 * np.eye(r))[0].T
    moved = np.linalg.svd(W + change)[1]
    np.testing.assert_allclose(moved, np.sort(sigma * np.where(np.arange(n_in) < r, 1.5, 1))[::-1])


def test_R_zero_is_no_change_and_only_R_learns():
    y, cache = lora_xs_forward(x, A, B, 0 * R, None, s)
    dx, dA, dB, dR = lora_xs_backward(dy, cache)
    assert not y.any() and not dx.any() and not dA.any() and not dB.any()
    assert np.abs(dR).min() > 0


def test_with_R_the_identity_it_is_lora():
    np.testing.assert_allclose(lora_xs_forward(x, A, B, np.eye(r), keep, s, p)[0], lora_forward(x, A, B, keep, s, p)[0])


def test_what_is_not_asked_for_is_none():
    _, cache = lora_xs_forward(x, A, B, R, keep, s, p)
    dx, dA, dB, dR = lora_xs_backward(dy, cache, needs={"R"})
    assert dx is dA is dB is None
    np.testing.assert_array_equal(dR, lora_xs_backward(dy, cache)[3])
