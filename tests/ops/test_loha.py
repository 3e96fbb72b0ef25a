"""LoHa's path: an elementwise product, whose rank can be the product of the ranks."""

import numpy as np
import pytest

from minilora.ops import linear_backward, linear_forward, loha_backward, loha_forward

rng = np.random.default_rng(0)
n_in, n_out, r1, r2, s, p = 7, 11, 2, 3, 1.4, 0.3
x, dy = rng.standard_normal((2, 3, n_in)), rng.standard_normal((2, 3, n_out))
A1, B1, A2, B2 = (rng.standard_normal(shape) for shape in ((r1, n_in), (n_out, r1), (r2, n_in), (n_out, r2)))
keep = rng.random(x.shape) >= p
masks = pytest.mark.parametrize("mask", [None, keep], ids=["no dropout", "dropout"])
delta = s * (B1 @ A1) * (B2 @ A2)


@masks
def test_forward_is_the_matrix_s_W1_W2(mask):
    seen = x if mask is None else x * mask / (1 - p)
    np.testing.assert_allclose(loha_forward(x, A1, B1, A2, B2, mask, s, p)[0], seen @ delta.T)


@masks
def test_gradients_are_the_full_gradient_weighed_by_the_other_factor_and_projected(mask):
    scale = 1 if mask is None else mask / (1 - p)
    dx, dA1, dB1, dA2, dB2 = loha_backward(dy, loha_forward(x, A1, B1, A2, B2, mask, s, p)[1])
    dW = linear_backward(dy, linear_forward(x * scale, delta)[1])[1]
    np.testing.assert_allclose(dB1, s * (dW * (B2 @ A2)) @ A1.T)
    np.testing.assert_allclose(dA1, s * B1.T @ (dW * (B2 @ A2)))
    np.testing.assert_allclose(dB2, s * (dW * (B1 @ A1)) @ A2.T)
    np.testing.assert_allclose(dA2, s * B2.T @ (dW * (B1 @ A1)))
    np.testing.assert_allclose(dx, dy @ delta * scale)


def test_the_rank_is_the_product_of_the_ranks():
    change = loha_forward(np.eye(n_in), A1, B1, A2, B2)[0].T
    assert np.linalg.matrix_rank(change) == r1 * r2 > r1 + r2


def test_the_way_around_through_pairs_of_rows():
    """Delta W has the r1 r2 columns b1_k * b2_l and rows a1_k * a2_l."""
    pairs_A = (A1[:, None] * A2[None]).reshape(r1 * r2, n_in)
    pairs_B = (B1[:, :, None] * B2[:, None]).reshape(n_out, r1 * r2)
    np.testing.assert_allclose(loha_forward(x, A1, B1, A2, B2)[0], (x @ pairs_A.T) @ pairs_B.T)


def test_at_the_start_only_A2_learns():
    y, cache = loha_forward(x, A1, B1, 0 * A2, B2, None, s)
    dx, dA1, dB1, dA2, dB2 = loha_backward(dy, cache)
    assert not any(g.any() for g in (y, dx, dA1, dB1, dB2))
    assert np.abs(dA2).min() > 0


def test_what_is_not_asked_for_is_none():
    _, cache = loha_forward(x, A1, B1, A2, B2, keep, s, p)
    complete = loha_backward(dy, cache)
    dx, dA1, dB1, dA2, dB2 = loha_backward(dy, cache, needs={"A1", "B2"})
    assert dx is dB1 is dA2 is None
    np.testing.assert_array_equal(dA1, complete[1])
    np.testing.assert_array_equal(dB2, complete[4])
