"""Penalties, squared error, dropout, pooling: the small ops in closed form."""

import numpy as np
import pytest

from minilora.ops import (
    dropout_backward,
    dropout_forward,
    l1_penalty_backward,
    l1_penalty_forward,
    l2_penalty_backward,
    l2_penalty_forward,
    mean_pool_backward,
    mean_pool_forward,
    mse_backward,
    mse_forward,
    orthogonality_backward,
    orthogonality_forward,
    pick_backward,
    pick_forward,
)

rng = np.random.default_rng(0)


def test_l1_and_its_kink():
    W = np.array([[-2.0, 0.0, 3.0]])
    L, cache = l1_penalty_forward(W, 0.1)
    np.testing.assert_allclose(L, 0.5)
    np.testing.assert_allclose(l1_penalty_backward(2.0, cache)[0], [[-0.2, 0, 0.2]])


def test_l2_and_that_its_descent_shrinks():
    W = rng.standard_normal((3, 5))
    L, cache = l2_penalty_forward(W, 0.1)
    np.testing.assert_allclose(L, 0.05 * (W**2).sum())
    np.testing.assert_allclose(W - 0.5 * l2_penalty_backward(1.0, cache)[0], (1 - 0.5 * 0.1) * W)


def test_orthogonality_is_zero_at_orthonormal_factors_and_only_there():
    U, _, Vt = np.linalg.svd(rng.standard_normal((11, 7)), full_matrices=False)
    for P, Q, counts in ((U[:, :5], Vt[:5], 0), (2 * U[:, :5], Vt[:5], 5), (U[:, :5], 2 * Vt[:5], 5), (2 * U, 2 * Vt, 14)):
        L, cache = orthogonality_forward(P, Q, 0.1)
        np.testing.assert_allclose(L, 0.1 * 9 * counts, atol=1e-28)     # a column of length 2 costs (2^2 - 1)^2
        dP, dQ = orthogonality_backward(3.0, cache)
        np.testing.assert_allclose(dP, 3 * 0.1 * 4 * (np.linalg.norm(P, axis=0) ** 2 - 1) * P, atol=1e-14)
        np.testing.assert_allclose(dQ, 3 * 0.1 * 4 * (np.linalg.norm(Q, axis=1) ** 2 - 1)[:, None] * Q, atol=1e-14)


def test_orthogonality_is_the_squared_frobenius_norm_and_descent_on_it_makes_orthonormal():
    P, Q = rng.standard_normal((11, 5)), rng.standard_normal((5, 7))
    norms = np.linalg.norm(P.T @ P - np.eye(5)) ** 2 + np.linalg.norm(Q @ Q.T - np.eye(5)) ** 2
    np.testing.assert_allclose(orthogonality_forward(P, Q, 0.1)[0], 0.1 * norms)
    for _ in range(3000):
        dP, dQ = orthogonality_backward(1.0, orthogonality_forward(P, Q, 0.1)[1])
        P, Q = P - 0.05 * dP, Q - 0.05 * dQ
    np.testing.assert_allclose(P.T @ P, np.eye(5), atol=1e-9)
    np.testing.assert_allclose(Q @ Q.T, np.eye(5), atol=1e-9)
    cache = orthogonality_forward(P, Q, 0.1)[1]
    assert [g is None for g in orthogonality_backward(1.0, cache, needs={"Q"})] == [True, False]


def test_mse():
    a, b = rng.standard_normal((2, 3, 5))
    L, cache = mse_forward(a, b)
    np.testing.assert_allclose(L, ((a - b) ** 2).sum() / 15)
    da, db = mse_backward(3.0, cache)
    np.testing.assert_allclose(da, 3 * 2 / 15 * (a - b))
    assert np.array_equal(db, -da)


def test_dropout_scales_up_what_it_keeps():
    x, keep = np.ones((2, 3)), np.array([[True, False, True], [False, True, True]])
    y, cache = dropout_forward(x, keep, 0.6)
    np.testing.assert_allclose(y, [[2.5, 0, 2.5], [0, 2.5, 2.5]])
    np.testing.assert_allclose(dropout_backward(2 * x, cache)[0], 2 * y)
    assert np.array_equal(dropout_forward(x, np.ones_like(keep), 0.0)[0], x)


def test_dropout_keeps_the_mean():
    keep = rng.random(100_000) >= 0.3
    assert abs(dropout_forward(np.ones(100_000), keep, 0.3)[0].mean() - 1) < 0.01


def test_mean_pool_reads_real_tokens_only():
    x, mask = rng.standard_normal((2, 3, 4)), np.array([[True, True, False], [True, True, True]])
    y, cache = mean_pool_forward(x, mask)
    np.testing.assert_allclose(y, [x[0, :2].mean(axis=0), x[1].mean(axis=0)])
    dy = rng.standard_normal((2, 4))
    (dx,) = mean_pool_backward(dy, cache)
    np.testing.assert_allclose(dx[0], [dy[0] / 2, dy[0] / 2, 0 * dy[0]])
    np.testing.assert_allclose(dx[1], [dy[1] / 3] * 3)


@pytest.mark.parametrize("index", [(0, 0), (2, 1)])
def test_pick_reads_one_position(index):
    x, dy = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 4))
    y, cache = pick_forward(x, np.array(index))
    assert np.array_equal(y, x[[0, 1], index])
    (dx,) = pick_backward(dy, cache)
    assert np.array_equal(dx[[0, 1], index], dy)
    assert np.count_nonzero(dx) == dy.size
