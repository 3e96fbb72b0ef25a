import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora import lowrank
from minilora.lowrank import singular_values, svd, truncate, truncation_error


def test_singular_values_in_closed_form(nine):
    # W^T W of the matrix 1..9 has the characteristic polynomial x (x^2 - 285 x + 324)
    expected = np.sqrt((285 + np.array([1, -1]) * np.sqrt(285**2 - 4 * 324)) / 2)
    assert expected == pytest.approx([16.8481, 1.0684], abs=5e-5)
    assert singular_values(nine)[:2] == pytest.approx(expected, rel=1e-12)
    assert singular_values(nine)[2] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (1, 6), (6, 1)])
def test_svd_agrees_with_scipy(rng, shape):
    W = rng.standard_normal(shape)
    U, sigma, Vt = svd(W)
    k = min(shape)
    assert U.shape == (shape[0], k) and sigma.shape == (k,) and Vt.shape == (k, shape[1])
    np.testing.assert_allclose(sigma, scipy.linalg.svdvals(W), rtol=1e-12)
    np.testing.assert_allclose(sigma, singular_values(W), rtol=1e-12)
    np.testing.assert_allclose((U * sigma) @ Vt, W, atol=1e-12)
    np.testing.assert_allclose(U.T @ U, np.eye(k), atol=1e-12)
    np.testing.assert_allclose(Vt @ Vt.T, np.eye(k), atol=1e-12)
    assert (np.diff(sigma) <= 0).all()


@pytest.mark.parametrize("shape", [(9, 6), (6, 9)])
@pytest.mark.parametrize("rank", range(1, 7))
def test_eckart_young(rng, shape, rank):
    W = rng.standard_normal(shape)
    W_r = truncate(W, rank)
    tail = truncation_error(W, rank)
    assert W_r.shape == W.shape
    assert np.linalg.matrix_rank(W_r) == rank
    assert tail.frobenius == pytest.approx(np.linalg.norm(W - W_r), rel=1e-10, abs=1e-13)
    assert tail.spectral == pytest.approx(np.linalg.norm(W - W_r, 2), rel=1e-10, abs=1e-13)
    # Pythagoras: what is kept and what is cut are orthogonal
    assert np.linalg.norm(W_r) ** 2 + tail.frobenius**2 == pytest.approx(np.linalg.norm(W) ** 2, rel=1e-12)


def test_no_other_matrix_of_the_rank_is_nearer(rng):
    W = rng.standard_normal((9, 6))
    best = truncation_error(W, 2)
    U, sigma, Vt = svd(W)
    for scale in (1e-3, 1e-1, 1.0):
        for _ in range(50):
            B = (U * sigma)[:, :2] + scale * rng.standard_normal((9, 2))
            A = Vt[:2] + scale * rng.standard_normal((2, 6))
            assert np.linalg.norm(W - B @ A) > best.frobenius
            assert np.linalg.norm(W - B @ A, 2) > best.spectral


def test_full_rank_cuts_nothing(rng):
    W = rng.standard_normal((5, 8))
    assert truncation_error(W, 5) == (0.0, 0.0)
    np.testing.assert_allclose(truncate(W, 5), W, atol=1e-13)


def test_errors_are_python_floats(nine):
    assert [type(e) for e in truncation_error(nine, 1)] == [float, float]
    assert [type(e) for e in truncation_error(nine.astype(np.float32), 1)] == [float, float]


def test_the_input_is_left_alone(nine):
    before = nine.copy()
    W_r = truncate(nine, 3)
    W_r[:] = 0
    np.testing.assert_array_equal(nine, before)


def test_a_zero_matrix():
    W = np.zeros((3, 4))
    assert truncation_error(W, 2) == (0.0, 0.0)
    np.testing.assert_array_equal(truncate(W, 2), W)


@given(m=st.integers(1, 8), n=st.integers(1, 8), seed=st.integers(0, 10**6), scale=st.sampled_from([1e-6, 1.0, 1e6]))
@settings(max_examples=40, deadline=None)
def test_errors_fall_with_the_rank(m, n, seed, scale):
    W = scale * np.random.default_rng(seed).standard_normal((m, n))
    tails = [truncation_error(W, rank) for rank in range(1, min(m, n) + 1)]
    assert all(a.frobenius >= b.frobenius and a.spectral >= b.spectral for a, b in zip(tails, tails[1:], strict=False))
    assert all(t.spectral <= t.frobenius * (1 + 1e-12) for t in tails)


def test_the_matrix_one_to_nine(nine):
    U, sigma, Vt = svd(nine)
    assert sigma == pytest.approx([16.8481, 1.0684, 0], abs=5e-5)
    assert (sigma**2).sum() == pytest.approx((nine**2).sum(), rel=1e-14) == pytest.approx(285)
    assert np.linalg.matrix_rank(nine) == 2
    np.testing.assert_allclose(truncate(nine, 2), nine, atol=1e-13)  # rank 2 holds all of it
    assert truncation_error(nine, 2) == pytest.approx((0, 0), abs=1e-14)
    assert truncation_error(nine, 1) == pytest.approx((sigma[1], sigma[1]), rel=1e-12)
    np.testing.assert_allclose(truncate(nine, 1), sigma[0] * np.outer(U[:, 0], Vt[0]), rtol=1e-12)
    for claimed in ((3, 2, 1), (9, 3, 1)):  # often printed; their squares sum to 14 and 91
        assert sum(s * s for s in claimed) != pytest.approx((nine**2).sum())


def test_factors_are_the_truncation_in_two_equal_halves():
    W = np.random.default_rng(3).standard_normal((7, 5))
    A, B = lowrank.factors(W, 3)
    np.testing.assert_allclose(B @ A, lowrank.truncate(W, 3), atol=1e-13)
    np.testing.assert_allclose(B.T @ B, A @ A.T, atol=1e-13)
    np.testing.assert_allclose(np.diag(A @ A.T), lowrank.singular_values(W)[:3])
    with pytest.raises(ValueError, match="rank must be between 1 and"):
        lowrank.factors(W, 6)
