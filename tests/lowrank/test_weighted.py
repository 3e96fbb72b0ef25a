import numpy as np
import pytest
import scipy.linalg
import scipy.optimize

from minilora.lowrank import (
    activation_error,
    activation_truncate,
    diagonal_error,
    diagonal_truncate,
    fisher_error,
    fisher_truncate,
    truncate,
    truncation_error,
)


@pytest.fixture(params=[(9, 6), (6, 9)], ids=["tall", "wide"])
def W(rng, request):
    return rng.standard_normal(request.param)


@pytest.fixture
def X(rng, W):
    """Inputs whose features are correlated and of very different sizes."""
    n = W.shape[1]
    return rng.standard_normal((40, n)) @ rng.standard_normal((n, n)) * np.logspace(0, -2, n)


@pytest.fixture
def fisher(rng, W):
    return rng.standard_normal(W.shape) ** 2 * np.logspace(0, -3, len(W))[:, None]


def tail(M, rank):
    return np.sqrt((scipy.linalg.svdvals(M)[rank:] ** 2).sum())


@pytest.mark.parametrize("rank", [1, 2, 3, 5])
def test_activation_error_is_the_tail_of_the_outputs(W, X, rank):
    W_r = activation_truncate(W, rank, X.T @ X)
    assert np.linalg.matrix_rank(W_r, tol=1e-10) == rank
    assert activation_error(W, W_r, X.T @ X) == pytest.approx(np.linalg.norm(X @ (W - W_r).T), rel=1e-8)
    assert activation_error(W, W_r, X.T @ X) == pytest.approx(tail(X @ W.T, rank), rel=1e-8)  # no X W_r^T of this rank is nearer


def test_activation_truncation_is_that_by_a_cholesky_whitening(W, X):
    S = scipy.linalg.cholesky(X.T @ X, lower=True)
    np.testing.assert_allclose(activation_truncate(W, 3, X.T @ X), truncate(W @ S, 3) @ np.linalg.inv(S), atol=1e-9)


def test_fisher_truncation_is_that_of_the_scaled_rows(W, fisher):
    D = np.sqrt(fisher.sum(axis=1))[:, None]
    W_r = fisher_truncate(W, 3, fisher)
    np.testing.assert_allclose(W_r, truncate(D * W, 3) / D, atol=1e-12)
    assert fisher_error(W, W_r, fisher) == pytest.approx(tail(D * W, 3), rel=1e-10)


@pytest.mark.parametrize("alpha", [0.25, 0.5, 1.0])
def test_diagonal_truncation_is_that_of_the_scaled_columns(W, X, alpha):
    S = abs(X).mean(axis=0) ** alpha
    W_r = diagonal_truncate(W, 3, abs(X).mean(axis=0), alpha)
    np.testing.assert_allclose(W_r, truncate(W * S, 3) / S, atol=1e-12)
    assert diagonal_error(W, W_r, abs(X).mean(axis=0), alpha) == pytest.approx(tail(W * S, 3), rel=1e-10)


@pytest.mark.parametrize("which", ["fisher", "activation", "diagonal"])
def test_a_search_finds_nothing_better(rng, which):
    """Brute force: minimise over all factors B, A, from the optimum and from elsewhere."""
    W, X, F = rng.standard_normal((5, 4)), rng.standard_normal((12, 4)) @ rng.standard_normal((4, 4)), rng.random((5, 4))
    truncated, error, weight = {
        "fisher": (fisher_truncate, fisher_error, F),
        "activation": (activation_truncate, activation_error, X.T @ X),
        "diagonal": (diagonal_truncate, diagonal_error, abs(X).mean(axis=0)),
    }[which]
    best = error(W, truncated(W, 2, weight), weight)
    found = []
    for _ in range(4):
        start = rng.standard_normal(2 * (5 + 4))
        result = scipy.optimize.minimize(lambda p: error(W, p[:10].reshape(5, 2) @ p[10:].reshape(2, 4), weight) ** 2, start)
        found.append(np.sqrt(result.fun))
    assert min(found) >= best * (1 - 1e-9)
    assert min(found) == pytest.approx(best, rel=1e-4)  # the search is a good one


def test_each_is_best_in_its_own_measure_only(W, X, fisher):
    candidates = {
        "plain": truncate(W, 2),
        "fisher": fisher_truncate(W, 2, fisher),
        "activation": activation_truncate(W, 2, X.T @ X),
        "diagonal": diagonal_truncate(W, 2, abs(X).mean(axis=0)),
    }
    measures = {
        "plain": lambda W_r: np.linalg.norm(W - W_r),
        "fisher": lambda W_r: fisher_error(W, W_r, fisher),
        "activation": lambda W_r: activation_error(W, W_r, X.T @ X),
        "diagonal": lambda W_r: diagonal_error(W, W_r, abs(X).mean(axis=0)),
    }
    for own, measure in measures.items():
        errors = {name: measure(W_r) for name, W_r in candidates.items()}
        assert all(errors[own] < errors[name] * (1 - 1e-6) for name in errors if name != own), own


def test_equal_weights_are_plain_truncation(W):
    m, n = W.shape
    plain = truncate(W, 3)
    np.testing.assert_allclose(fisher_truncate(W, 3, np.full((m, n), 0.7)), plain, atol=1e-12)
    np.testing.assert_allclose(activation_truncate(W, 3, 5.0 * np.eye(n)), plain, atol=1e-12)
    np.testing.assert_allclose(diagonal_truncate(W, 3, np.full(n, 3.0)), plain, atol=1e-12)
    np.testing.assert_allclose(diagonal_truncate(W, 3, np.arange(1.0, n + 1), alpha=0), plain, atol=1e-12)
    assert diagonal_error(W, plain, np.arange(1.0, n + 1), alpha=0) == pytest.approx(truncation_error(W, 3).frobenius)


def test_a_singular_gram_is_minimised_exactly(rng, W):
    X = rng.standard_normal((4, W.shape[1]))  # fewer inputs than features
    for rank in (1, 2, 3):
        W_r = activation_truncate(W, rank, X.T @ X)
        assert np.linalg.norm(X @ (W - W_r).T) == pytest.approx(tail(X @ W.T, rank), rel=1e-7)
    assert np.linalg.norm(X @ (W - activation_truncate(W, 4, X.T @ X)).T) == pytest.approx(0, abs=1e-7)
    np.testing.assert_allclose(activation_truncate(W, min(W.shape), X.T @ X), W, atol=1e-7)


def test_ranks_left_over_go_to_what_was_never_seen(rng):
    """Two inputs are seen; the third rank goes to the strongest of the unseen columns."""
    W = np.diag([1.0, 2.0, 3.0, 5.0, 4.0])
    gram = np.diag([1.0, 1.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(activation_truncate(W, 3, gram), np.diag([1.0, 2.0, 0.0, 5.0, 0.0]), atol=1e-6)
    np.testing.assert_allclose(diagonal_truncate(W, 3, np.diag(gram)), np.diag([1.0, 2.0, 0.0, 5.0, 0.0]), atol=1e-6)
    np.testing.assert_allclose(fisher_truncate(W, 3, gram), np.diag([1.0, 2.0, 0.0, 5.0, 0.0]), atol=1e-6)


def test_float32_stays_float32(W, X, fisher):
    W, gram = W.astype(np.float32), X.T @ X
    for W_r in (
        fisher_truncate(W, 2, fisher),
        activation_truncate(W, 2, gram),
        activation_truncate(W, 2, gram.astype(np.float32)),
        diagonal_truncate(W, 2, abs(X).mean(axis=0)),
    ):
        assert W_r.dtype == np.float32
    errors = fisher_error(W, W, fisher), activation_error(W, W, gram), diagonal_error(W, W, abs(X).mean(axis=0))
    assert errors == (0.0, 0.0, 0.0) and [type(e) for e in errors] == [float] * 3


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda W: fisher_truncate(W, 2, np.ones((4, 5))), r"^W and fisher must have one shape, got \(5, 4\) and \(4, 5\)$"),
        (lambda W: fisher_truncate(W, 2, -np.ones((5, 4))), "^fisher must be at least 0 and not zero throughout, .* -1 to -1"),
        (lambda W: fisher_error(W, W, np.zeros((5, 4))), "^fisher must be at least 0 and not zero throughout, .* 0 to 0"),
        (lambda W: activation_truncate(W, 2, np.ones((7, 4))), r"^gram must have shape \(4, 4\), .* got \(7, 4\); it is X\^T X"),
        (lambda W: activation_truncate(W, 2, np.triu(np.ones((4, 4)))), "^gram must be symmetric"),
        (lambda W: activation_truncate(W, 2, np.diag([1.0, 1.0, 1.0, -0.1])), "^gram must be X.T X .* from -0.1 to 1"),
        (lambda W: activation_truncate(W, 2, np.zeros((4, 4))), "with X not zero, got eigenvalues from 0 to 0"),
        (lambda W: diagonal_truncate(W, 2, np.ones(5)), r"^magnitudes must have shape \(4,\), one for each input, got \(5,\)"),
        (lambda W: diagonal_truncate(W, 2, np.array([1.0, np.nan, 1.0, 1.0])), "^magnitudes must be at least 0"),
        (lambda W: diagonal_truncate(W, 2, np.ones(4), alpha=-1), "^alpha must be at least 0, got -1"),
        (lambda W: fisher_truncate(W, 5, W * W), r"^rank must be between 1 and min\(m, n\)=4, got 5"),
        (lambda W: activation_truncate(W, 0, np.eye(4)), r"^rank must be between 1 and min\(m, n\)=4, got 0"),
        (lambda W: diagonal_truncate(W, 9, np.ones(4)), r"^rank must be between 1 and min\(m, n\)=4, got 9"),
        (lambda W: activation_error(W, W[1:], np.eye(4)), r"^W and W_r must have one shape, got \(5, 4\) and \(4, 4\)"),
    ],
)
def test_bad_input_is_refused(rng, call, message):
    with pytest.raises(ValueError, match=message):
        call(rng.standard_normal((5, 4)))
