"""Eckart and Young by trial: other ways to a matrix of the same rank, none of which may come nearer than `truncate`."""

import numpy as np
import pytest

from minilora.lowrank import truncate, truncation_error

RANK = 3


@pytest.fixture(params=[(12, 8), (8, 12)], ids=["tall", "wide"])
def W(rng, request):
    return rng.standard_normal(request.param) * np.logspace(0, -1, request.param[1])


def nearest_in_span(W, Q):
    return Q @ (Q.T @ W)


def random_candidates(W, rng):
    """The best of the matrices whose columns lie in a random subspace, in one drawn from W's columns, and those next to W_r."""
    for _ in range(300):
        yield nearest_in_span(W, np.linalg.qr(rng.standard_normal((len(W), RANK)))[0])
        yield nearest_in_span(W, np.linalg.qr(W @ rng.standard_normal((W.shape[1], RANK)))[0])
        near = truncate(W, RANK)[:, :RANK] + 10 ** rng.uniform(-6, 0) * rng.standard_normal((len(W), RANK))
        yield nearest_in_span(W, np.linalg.qr(near)[0])


def alternating(W, B, sweeps):
    """Least squares for A given B, then for B given A, in turn."""
    for _ in range(sweeps):
        A = np.linalg.lstsq(B, W)[0]
        B = np.linalg.lstsq(A.T, W.T)[0].T
    return B @ A


def test_no_random_candidate_is_nearer(W, rng):
    best, W_r = truncation_error(W, RANK), truncate(W, RANK)
    assert np.linalg.norm(W - W_r) == pytest.approx(best.frobenius, rel=1e-12)
    for candidate in random_candidates(W, rng):
        assert np.linalg.norm(W - candidate) >= best.frobenius * (1 - 1e-12)
        assert np.linalg.norm(W - candidate, 2) >= best.spectral * (1 - 1e-12)


def test_alternating_least_squares_comes_down_to_it_and_no_further(W, rng):
    best = truncation_error(W, RANK).frobenius
    for _ in range(10):
        start = rng.standard_normal((len(W), RANK))
        errors = [np.linalg.norm(W - alternating(W, start, sweeps)) for sweeps in (1, 5, 500)]
        assert errors[0] > errors[1] >= errors[2] >= best * (1 - 1e-12)
        assert errors[0] > 1.001 * best  # a real descent
        assert errors[2] == pytest.approx(best, rel=1e-6)
    np.testing.assert_allclose(alternating(W, start, 500), truncate(W, RANK), atol=1e-2)
