"""VeRA's path: two learned vectors scale a random pair of matrices."""

import numpy as np
import pytest

from minilora.ops import lora_forward, vera_backward, vera_forward

rng = np.random.default_rng(0)
n_in, n_out, r, s, p = 7, 11, 5, 1.4, 0.3
x, A, B, d, b, dy = (rng.standard_normal(size) for size in ((2, 3, n_in), (r, n_in), (n_out, r), r, n_out, (2, 3, n_out)))
keep = rng.random(x.shape) >= p
masks = pytest.mark.parametrize("mask", [None, keep], ids=["no dropout", "dropout"])
delta = s * np.diag(b) @ B @ np.diag(d) @ A


@masks
def test_forward_is_the_matrix_s_b_B_d_A(mask):
    seen = x if mask is None else x * mask / (1 - p)
    np.testing.assert_allclose(vera_forward(x, A, B, d, b, mask, s, p)[0], seen @ delta.T)


@masks
def test_gradients_are_projections_of_the_full_gradient(mask):
    scale = 1 if mask is None else mask / (1 - p)
    _, cache = vera_forward(x, A, B, d, b, mask, s, p)
    dx, dA, dB, dd, db = vera_backward(dy, cache)
    dW = np.einsum("nto,nti->oi", dy, x * scale)
    np.testing.assert_allclose(db, s * np.diag(dW @ A.T @ np.diag(d) @ B.T))
    np.testing.assert_allclose(dd, s * np.diag(B.T @ np.diag(b) @ dW @ A.T))
    np.testing.assert_allclose(dB, s * np.diag(b) @ dW @ A.T @ np.diag(d))
    np.testing.assert_allclose(dA, s * np.diag(d) @ B.T @ np.diag(b) @ dW)
    np.testing.assert_allclose(dx, dy @ delta * scale)


def test_at_the_start_only_b_learns():
    y, cache = vera_forward(x, A, B, np.full(r, 0.1), 0 * b, None, s)
    *others, db = vera_backward(dy, cache)
    assert not y.any() and not any(g.any() for g in others)
    assert np.abs(db).min() > 0


def test_with_vectors_of_ones_it_is_lora():
    y, _ = vera_forward(x, A, B, np.ones(r), np.ones(n_out), keep, s, p)
    np.testing.assert_allclose(y, lora_forward(x, A, B, keep, s, p)[0])


def test_what_is_not_asked_for_is_none():
    _, cache = vera_forward(x, A, B, d, b, keep, s, p)
    dx, dA, dB, dd, db = vera_backward(dy, cache, needs={"d", "b"})
    assert dx is dA is dB is None
    np.testing.assert_array_equal(dd, vera_backward(dy, cache)[3])
    np.testing.assert_array_equal(db, vera_backward(dy, cache)[4])
