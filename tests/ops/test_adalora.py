"""AdaLoRA's path: a sum of triplets, each switched off by its lam."""

import numpy as np
import pytest

from minilora.ops import adalora_backward, adalora_forward, lora_backward, lora_forward

rng = np.random.default_rng(0)
n_in, n_out, r, s, p = 7, 11, 5, 1.4, 0.3
x, P, lam, Q, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (n_out, r), r, (r, n_in), (2, 3, n_out)))
keep = rng.random(x.shape) >= p
masks = pytest.mark.parametrize("mask", [None, keep], ids=["no dropout", "dropout"])


@masks
def test_forward_is_the_matrix_s_P_lam_Q(mask):
    seen = x if mask is None else x * mask / (1 - p)
    y, _ = adalora_forward(x, P, lam, Q, mask, s, p)
    np.testing.assert_allclose(y, seen @ (s * P @ np.diag(lam) @ Q).T)


@masks
def test_gradients_are_projections_of_the_full_gradient(mask):
    scale = 1 if mask is None else mask / (1 - p)
    _, cache = adalora_forward(x, P, lam, Q, mask, s, p)
    dx, dP, dlam, dQ = adalora_backward(dy, cache)
    dW = np.einsum("nto,nti->oi", dy, x * scale)
    np.testing.assert_allclose(dP, s * dW @ Q.T * lam)
    np.testing.assert_allclose(dlam, s * np.diag(P.T @ dW @ Q.T))
    np.testing.assert_allclose(dQ, s * lam[:, None] * (P.T @ dW))
    np.testing.assert_allclose(dx, dy @ (s * P @ np.diag(lam) @ Q) * scale)


def test_a_triplet_with_lam_zero_is_gone_but_can_come_back():
    off = lam * (np.arange(r) != 2)
    y, cache = adalora_forward(x, P, off, Q, s=s)
    others = np.arange(r) != 2
    np.testing.assert_allclose(y, adalora_forward(x, P[:, others], lam[others], Q[others], s=s)[0])
    _, dP, dlam, dQ = adalora_backward(dy, cache)
    assert not dP[:, 2].any() and not dQ[2].any() and abs(dlam[2]) > 0


def test_at_the_start_only_lam_learns():
    y, cache = adalora_forward(x, P, 0 * lam, Q, None, s)
    dx, dP, dlam, dQ = adalora_backward(dy, cache)
    assert not y.any() and not dx.any() and not dP.any() and not dQ.any()
    assert np.abs(dlam).min() > 0


def test_it_is_lora_with_lam_in_one_of_the_factors():
    y, cache = adalora_forward(x, P, lam, Q, keep, s, p)
    path, lora_cache = lora_forward(x, Q, P * lam, keep, s, p)
    np.testing.assert_allclose(y, path)
    dx, dQ, _ = lora_backward(dy, lora_cache)
    np.testing.assert_allclose(adalora_backward(dy, cache)[0], dx)
    np.testing.assert_allclose(adalora_backward(dy, cache)[3], dQ)


def test_what_is_not_asked_for_is_none():
    _, cache = adalora_forward(x, P, lam, Q, keep, s, p)
    dx, dP, dlam, dQ = adalora_backward(dy, cache, needs={"lam"})
    assert dx is dP is dQ is None
    np.testing.assert_array_equal(dlam, adalora_backward(dy, cache)[2])
