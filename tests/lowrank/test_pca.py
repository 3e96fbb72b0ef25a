import numpy as np
import pytest

from minilora.lowrank import pca, truncate


@pytest.fixture(params=[(40, 6), (5, 8)], ids=["many points", "few points"])
def X(rng, request):
    N, n = request.param
    return rng.standard_normal((N, n)) @ rng.standard_normal((n, n)) + 10 * rng.standard_normal(n)


def test_against_the_eigenvectors_of_the_covariance(X):
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    found = pca.fit(X, 3)
    np.testing.assert_allclose(found.mean, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.variance, values[::-1][:3], rtol=1e-9)
    cosines = np.abs((found.components * vectors[:, ::-1][:, :3].T).sum(axis=1))
    np.testing.assert_allclose(cosines, 1, rtol=1e-9)
    assert found.share == pytest.approx(values[::-1][:3].sum() / values.sum(), rel=1e-10)


def test_coordinates_are_uncorrelated_with_the_variances_found(X):
    found = pca.fit(X, 3)
    Z = pca.transform(X, found)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(np.cov(Z, rowvar=False), np.diag(found.variance), atol=1e-9 * found.variance[0])


@pytest.mark.parametrize("k", [1, 2, 4])
def test_the_error_is_the_tail_of_the_spectrum(X, k):
    found = pca.fit(X, k)
    back = pca.project(X, found.mean, found.components)
    sigma = np.linalg.svd(X - X.mean(axis=0))[1]
    assert np.linalg.norm(X - back) == pytest.approx(found.error, rel=1e-9)
    assert found.error == pytest.approx(np.sqrt((sigma[k:] ** 2).sum()), rel=1e-9)
    np.testing.assert_allclose(back, truncate(X - X.mean(axis=0), k) + X.mean(axis=0), rtol=1e-9)


def test_no_other_plane_is_nearer(rng, X):
    best = pca.fit(X, 2).error
    for _ in range(50):
        Q, _ = np.linalg.qr(rng.standard_normal((X.shape[1], 2)))
        origin = X.mean(axis=0) + rng.standard_normal(X.shape[1])
        for centre in (X.mean(axis=0), origin):
            assert np.linalg.norm((X - centre) - (X - centre) @ Q @ Q.T) > best


def test_all_components_give_the_points_back(X):
    found = pca.fit(X, min(X.shape))
    np.testing.assert_allclose(pca.project(X, found.mean, found.components), X, rtol=1e-9)
    assert found.error == pytest.approx(0, abs=1e-9) and found.share == pytest.approx(1)


def test_other_points_are_projected(rng, X):
    found = pca.fit(X, 2)
    point = found.mean + 3 * found.components[1]
    np.testing.assert_allclose(pca.transform(point[None], found), [[0, 3]], atol=1e-9)


def test_points_that_are_all_one():
    found = pca.fit(np.ones((4, 3)), 2)
    assert (found.share, found.error) == (1.0, 0.0)
    np.testing.assert_array_equal(found.variance, 0)


def test_float32_stays_float32(X):
    found = pca.fit(X.astype(np.float32), 2)
    assert {a.dtype for a in found[:3]} == {np.dtype(np.float32)}
    assert type(found.share) is type(found.error) is float


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"^k must be between 1 and min\(m, n\)=3, got 4$"):
        pca.fit(np.ones((4, 3)), 4)
    with pytest.raises(ValueError, match="^X must have at least 2 rows, got 1"):
        pca.fit(np.ones((1, 3)), 1)
    with pytest.raises(ValueError, match="^X must be a matrix"):
        pca.fit(np.ones(3), 1)
