import numpy as np
import pytest
import scipy.linalg

from minilora.lowrank import lda, pca


@pytest.fixture
def clouds(rng):
    """X (83, 5) and y: four classes of different sizes, named 2, 3, 5 and 7, in one wide common shape."""
    y = np.repeat([2, 3, 5, 7], [11, 17, 24, 31])
    centres = rng.standard_normal((8, 5))
    X = centres[y] + rng.standard_normal((83, 5)) @ rng.standard_normal((5, 5))
    order = rng.permutation(83)
    return X[order], y[order]


def scatters(X, y):
    S_w, S_b = np.zeros((5, 5)), np.zeros((5, 5))
    for c in np.unique(y):
        inside = X[y == c]
        S_w += (inside - inside.mean(axis=0)).T @ (inside - inside.mean(axis=0))
        S_b += len(inside) * np.outer(inside.mean(axis=0) - X.mean(axis=0), inside.mean(axis=0) - X.mean(axis=0))
    return S_w, S_b


def test_against_scipys_generalised_eigenproblem(clouds):
    S_w, S_b = scatters(*clouds)
    values, vectors = scipy.linalg.eigh(S_b, S_w)
    found = lda.fit(*clouds)
    assert found.directions.shape == (3, 5)
    np.testing.assert_allclose(found.ratios, values[::-1][:3], rtol=1e-8)
    for w, expected in zip(found.directions, vectors.T[::-1], strict=False):
        np.testing.assert_allclose(w * np.sign(w @ expected), expected, rtol=1e-7, atol=1e-9)


def test_the_equation_itself(clouds):
    S_w, S_b = scatters(*clouds)
    found = lda.fit(*clouds)
    np.testing.assert_allclose(S_b @ found.directions.T, S_w @ found.directions.T * found.ratios, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(found.directions @ S_w @ found.directions.T, np.eye(3), atol=1e-10)


def test_two_classes_in_fishers_closed_form(clouds):
    X, y = clouds
    y = (y > 4).astype(int)
    S_w, _ = scatters(X, y)
    difference = X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0)
    w = np.linalg.solve(S_w, difference)
    found = lda.fit(X, y)
    assert found.directions.shape == (1, 5)
    cosine = found.directions[0] @ w / np.linalg.norm(found.directions[0]) / np.linalg.norm(w)
    assert abs(cosine) == pytest.approx(1, rel=1e-12)
    counts = np.bincount(y)
    assert found.ratios[0] == pytest.approx(counts.prod() / counts.sum() * (difference @ w), rel=1e-10)


def test_no_direction_parts_the_classes_better(rng, clouds):
    S_w, S_b = scatters(*clouds)
    best = lda.fit(*clouds).ratios[0]
    for _ in range(200):
        w = rng.standard_normal(5)
        assert (w @ S_b @ w) / (w @ S_w @ w) < best


def test_it_finds_what_pca_misses(rng):
    """The classes differ along the second axis; nearly all variance is along the first."""
    y = np.arange(100) % 2
    X = rng.standard_normal((100, 2)) * [20, 0.3] + np.outer(2 * y - 1, [0, 1])
    (w,), (v,) = lda.fit(X, y).directions, pca.fit(X, 1).components
    assert abs(w[1]) > 20 * abs(w[0]) and abs(v[0]) > 20 * abs(v[1])


def test_it_does_not_depend_on_the_units(rng, clouds):
    X, y = clouds
    M = rng.standard_normal((5, 5))
    one, other = lda.fit(X, y), lda.fit(X @ M + 3, y)
    np.testing.assert_allclose(one.ratios, other.ratios, rtol=1e-7)
    Z1, Z2 = lda.transform(X, one), lda.transform(X @ M + 3, other)
    np.testing.assert_allclose(Z1, Z2 * np.sign((Z1 * Z2).sum(axis=0)), rtol=1e-6, atol=1e-8)


def test_k_takes_the_first(clouds):
    X, y = clouds
    all_of_them, two = lda.fit(X, y), lda.fit(X, y, k=2)
    np.testing.assert_allclose(two.ratios, all_of_them.ratios[:2], rtol=1e-12)
    assert lda.transform(X, two).shape == (83, 2)
    np.testing.assert_allclose(lda.transform(X, two).mean(axis=0), 0, atol=1e-12)


def test_ridge_is_what_it_says(clouds):
    S_w, S_b = scatters(*clouds)
    values, _ = scipy.linalg.eigh(S_b, S_w + 0.1 * np.trace(S_w) / 5 * np.eye(5))
    np.testing.assert_allclose(lda.fit(*clouds, ridge=0.1).ratios, values[::-1][:3], rtol=1e-8)


def test_few_points_need_a_ridge(clouds):
    X, y = clouds[0][:6], np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match="singular with ridge=0.0; raise ridge"):
        lda.fit(X, y)
    assert np.isfinite(lda.fit(X, y, ridge=1e-3).directions).all()


def test_float32_stays_float32(clouds):
    X, y = clouds
    found = lda.fit(X.astype(np.float32), y)
    assert {a.dtype for a in found} == {np.dtype(np.float32)}


def test_bad_input_is_refused(clouds):
    X, y = clouds
    with pytest.raises(ValueError, match=r"^y must be \(83,\) whole numbers, .* got shape \(82,\) of int64$"):
        lda.fit(X, y[1:])
    with pytest.raises(ValueError, match="of float64$"):
        lda.fit(X, y.astype(float))
    with pytest.raises(ValueError, match="^y must name at least 2 classes, got 1$"):
        lda.fit(X, 0 * y)
    with pytest.raises(ValueError, match=r"^k must be between 1 and min\(K - 1, n\)=3, got 4$"):
        lda.fit(X, y, k=4)
    with pytest.raises(ValueError, match="^ridge must be at least 0, got -1$"):
        lda.fit(X, y, ridge=-1)
