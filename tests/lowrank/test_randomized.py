import math

import numpy as np
import pytest

from minilora.lowrank import randomized_svd, truncation_error
from minilora.lowrank.randomized import sketch_bound


def test_the_bound_by_hand():
    assert sketch_bound(r=3, p=4, q=0, k=12) == pytest.approx(1 + 1 + math.e * math.sqrt(7) / 4 * 3)
    assert sketch_bound(r=3, p=4, q=1, k=12) ** 3 == pytest.approx(sketch_bound(r=3, p=4, q=0, k=12))


@pytest.mark.parametrize("n_iter", [0, 1, 2, 4])
@pytest.mark.parametrize("spectrum", ["flat", "slow", "fast"])
def test_error_stays_below_the_bound(with_spectrum, n_iter, spectrum):
    i = np.arange(1, 41)
    sigma = {"flat": 1 - i / 80, "slow": i**-0.5, "fast": 0.7**i}[spectrum]
    W = with_spectrum(sigma, 60, 40)
    errors = []
    for seed in range(10):
        U, sigma_r, Vt = randomized_svd(W, 5, rng=seed, oversample=8, n_iter=n_iter)
        errors.append(np.linalg.norm(W - (U * sigma_r) @ Vt, 2))
    assert min(errors) >= truncation_error(W, 5).spectral * (1 - 1e-12)  # Eckart-Young: none can be better
    assert np.mean(errors) <= (sketch_bound(5, 8, n_iter, 40) + 1) * truncation_error(W, 5).spectral  # 1 for the final cut


def test_defaults_are_within_a_percent_of_the_best(with_spectrum):
    W = with_spectrum(np.arange(1, 61) ** -1.0, 80, 60)
    U, sigma, Vt = randomized_svd(W, 6)
    best = truncation_error(W, 6)
    assert np.linalg.norm(W - (U * sigma) @ Vt) <= 1.01 * best.frobenius
    np.testing.assert_allclose(sigma, np.arange(1, 7) ** -1.0, rtol=5e-3)


def test_power_passes_help_where_the_spectrum_falls_slowly(with_spectrum):
    W = with_spectrum(np.arange(1, 61) ** -0.5, 80, 60)
    error = [np.linalg.norm(W - (U * s) @ Vt) for U, s, Vt in (randomized_svd(W, 6, n_iter=q) for q in (0, 1, 4))]
    assert error[0] > 1.02 * error[2] and error[1] > error[2]


@pytest.mark.parametrize("shape", [(30, 20), (20, 30)])
def test_exact_on_a_matrix_of_low_rank(with_spectrum, shape):
    W = with_spectrum([5.0, 3.0, 1.0, 0.25], *shape)
    U, sigma, Vt = randomized_svd(W, 4, oversample=0)
    assert U.shape == (shape[0], 4) and sigma.shape == (4,) and Vt.shape == (4, shape[1])
    np.testing.assert_allclose(sigma, [5.0, 3.0, 1.0, 0.25], rtol=1e-12)
    np.testing.assert_allclose((U * sigma) @ Vt, W, atol=1e-12)


def test_exact_when_the_sketch_spans_everything(rng):
    W = rng.standard_normal((7, 9))
    U, sigma, Vt = randomized_svd(W, 3, oversample=8)
    np.testing.assert_allclose(sigma, np.linalg.svd(W)[1][:3], rtol=1e-12)
    assert np.linalg.norm(W - (U * sigma) @ Vt) == pytest.approx(truncation_error(W, 3).frobenius, rel=1e-12)


def test_small_directions_survive_many_passes(with_spectrum):
    sigma = 10.0 ** -np.arange(11.0)  # without orthonormalising, the passes would leave u_1 alone
    W = with_spectrum(sigma, 30, 20)
    _, got, _ = randomized_svd(W, 11, n_iter=10)
    np.testing.assert_allclose(got, sigma, rtol=1e-4)


def test_vectors_are_orthonormal(rng):
    U, _, Vt = randomized_svd(rng.standard_normal((30, 20)), 5)
    np.testing.assert_allclose(U.T @ U, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(Vt @ Vt.T, np.eye(5), atol=1e-12)


def test_the_seed_decides(rng):
    W = rng.standard_normal((30, 20))
    np.testing.assert_array_equal(randomized_svd(W, 3, rng=1, n_iter=0)[1], randomized_svd(W, 3, rng=1, n_iter=0)[1])
    assert (randomized_svd(W, 3, rng=1, n_iter=0)[1] != randomized_svd(W, 3, rng=2, n_iter=0)[1]).any()
    generator = np.random.default_rng(1)
    first, second = randomized_svd(W, 3, rng=generator, n_iter=0)[1], randomized_svd(W, 3, rng=generator, n_iter=0)[1]
    np.testing.assert_array_equal(first, randomized_svd(W, 3, rng=1, n_iter=0)[1])
    assert (first != second).any()  # a generator goes on where it was


def test_a_zero_matrix():
    U, sigma, Vt = randomized_svd(np.zeros((5, 4)), 2)
    np.testing.assert_array_equal(sigma, [0, 0])
    np.testing.assert_allclose(U.T @ U, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("kwargs", [{"oversample": -1}, {"n_iter": -1}])
def test_negative_options_are_refused(rng, kwargs):
    with pytest.raises(ValueError, match="oversample and n_iter must be at least 0"):
        randomized_svd(rng.standard_normal((5, 4)), 2, **kwargs)
