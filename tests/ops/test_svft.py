"""SVFT's path: values at chosen places between fixed singular vectors."""

import numpy as np
import pytest

from minilora.ops import svft_backward, svft_forward

rng = np.random.default_rng(0)
n_in, n_out, k, s = 7, 11, 5, 1.4
x, U, V, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (n_out, k), (n_in, k), (2, 3, n_out)))
every = np.divmod(np.arange(k * k), k)
PATTERNS = {
    "diagonal": (np.arange(k), np.arange(k)),
    "above the diagonal": (np.arange(k - 1), np.arange(1, k)),
    "scattered": (np.array([3, 0, 4, 0]), np.array([1, 4, 4, 2])),
    "full": every,
    "one": (np.array([2]), np.array([4])),
}
patterns = pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)


def full(M, pattern):
    M_full = np.zeros((k, k))
    for value, i, j in zip(M, *pattern, strict=True):
        M_full[i, j] = value
    return M_full


@patterns
def test_forward_is_the_matrix_s_U_M_V(pattern):
    M = rng.standard_normal(len(pattern[0]))
    np.testing.assert_allclose(svft_forward(x, U, V, M, *pattern, s)[0], x @ (s * U @ full(M, pattern) @ V.T).T)


@patterns
def test_gradients_are_projections_of_the_full_gradient(pattern):
    M = rng.standard_normal(len(pattern[0]))
    M_full, dW = full(M, pattern), np.einsum("nto,nti->oi", dy, x)
    dx, dU, dV, dM = svft_backward(dy, svft_forward(x, U, V, M, *pattern, s)[1])
    np.testing.assert_allclose(dM, s * (U.T @ dW @ V)[pattern])
    np.testing.assert_allclose(dU, s * dW @ V @ M_full.T)
    np.testing.assert_allclose(dV, s * dW.T @ U @ M_full)
    np.testing.assert_allclose(dx, dy @ (s * U @ M_full @ V.T))


def test_the_diagonal_moves_singular_values():
    W = rng.standard_normal((n_out, n_in))
    left, sigma, right = np.linalg.svd(W, full_matrices=False)
    diagonal, M = np.arange(n_in), rng.random(n_in)
    change = svft_forward(np.eye(n_in), left, right.T, M, diagonal, diagonal)[0].T
    np.testing.assert_allclose(np.linalg.svd(W + change)[1], np.sort(sigma + M)[::-1])


def test_the_order_of_the_places_does_not_matter():
    M, order = rng.standard_normal(k * k), rng.permutation(k * k)
    y, cache = svft_forward(x, U, V, M, *every, s)
    other, other_cache = svft_forward(x, U, V, M[order], every[0][order], every[1][order], s)
    np.testing.assert_array_equal(other, y)
    np.testing.assert_array_equal(svft_backward(dy, other_cache)[3], svft_backward(dy, cache)[3][order])


def test_what_is_not_asked_for_is_none():
    _, cache = svft_forward(x, U, V, np.ones(k * k), *every, s)
    dx, dU, dV, dM = svft_backward(dy, cache, needs={"M"})
    assert dx is dU is dV is None
    np.testing.assert_array_equal(dM, svft_backward(dy, cache)[3])
