import numpy as np
import pytest

from minilora.lowrank import expand, projection, reduce


def dense(D, d, seed):
    """P, column by column from the definition."""
    P = np.random.default_rng(seed).standard_normal((d, D)).T
    return P / np.linalg.norm(P, axis=0)


@pytest.mark.parametrize("D, d", [(50, 7), (33, 33), (200, 1)])
def test_it_is_the_product_with_p(rng, D, d):
    P, z, g = dense(D, d, seed=4), rng.standard_normal(d), rng.standard_normal(D)
    np.testing.assert_allclose(expand(z, 4, D), P @ z, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(reduce(g, 4, d), P.T @ g, rtol=1e-12, atol=1e-14)


def test_reduce_is_the_adjoint_of_expand(rng):
    z, g = rng.standard_normal(37), rng.standard_normal(501)
    assert expand(z, 3, 501) @ g == pytest.approx(z @ reduce(g, 3, 37), rel=1e-13)


def test_columns_have_length_one_and_are_nearly_orthogonal():
    P = np.stack([expand(e, 0, 4000) for e in np.eye(5)], axis=1)
    np.testing.assert_allclose(np.linalg.norm(P, axis=0), 1, rtol=1e-12)
    assert abs(P.T @ P - np.eye(5)).max() < 0.06  # 1 / sqrt(D) is 0.016


@pytest.mark.parametrize("block", [1, 100, 701, 10**6])
def test_the_block_changes_no_column(monkeypatch, rng, block):
    z, g = rng.standard_normal(20), rng.standard_normal(100)
    P = dense(100, 20, seed=9)
    monkeypatch.setattr(projection, "BLOCK", block)
    np.testing.assert_allclose(expand(z, 9, 100), P @ z, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(reduce(g, 9, 20), P.T @ g, rtol=1e-12, atol=1e-14)


def test_no_more_than_a_block_is_drawn_at_a_time(monkeypatch):
    sizes = []

    class Counting:
        def __init__(self, seed):
            self.rng = np.random.default_rng(seed)

        def standard_normal(self, shape):
            sizes.append(int(np.prod(shape)))
            return self.rng.standard_normal(shape)

    monkeypatch.setattr(projection.backend, "as_generator", Counting)
    monkeypatch.setattr(projection, "BLOCK", 1000)
    expand(np.ones(50), 0, 90)
    reduce(np.ones(3000), 0, 4)
    assert sizes == [990] * 4 + [540] + [3000] * 4


def test_the_seed_decides(rng):
    z = rng.standard_normal(6)
    np.testing.assert_array_equal(expand(z, 1, 40), expand(z, np.int64(1), 40))
    assert abs(expand(z, 1, 40) - expand(z, 2, 40)).max() > 0.1


def test_a_larger_subspace_holds_the_smaller(rng):
    z = rng.standard_normal(6)
    np.testing.assert_allclose(expand(np.append(z, np.zeros(9)), 1, 40), expand(z, 1, 40), rtol=1e-12)


def test_float32_sees_the_same_directions(rng):
    z, g = rng.standard_normal(6).astype(np.float32), rng.standard_normal(40).astype(np.float32)
    assert expand(z, 1, 40).dtype == reduce(g, 1, 6).dtype == np.float32
    np.testing.assert_allclose(expand(z, 1, 40), expand(z.astype(float), 1, 40), rtol=1e-4, atol=1e-6)


def test_a_subspace_reaches_the_minimum_within_it(rng):
    """Gradient descent on z, through the two maps, finds the least squares solution restricted to P's span."""
    D, d, target = 60, 8, rng.standard_normal(60)
    z = np.zeros(d)
    for _ in range(400):
        z -= 0.4 * reduce(expand(z, 5, D) - target, 5, d)
    P = dense(D, d, seed=5)
    np.testing.assert_allclose(z, np.linalg.lstsq(P, target)[0], rtol=1e-6)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="^d must be between 1 and D=5, got 6$"):
        expand(np.ones(6), 0, 5)
    with pytest.raises(ValueError, match="^d must be between 1 and D=5, got 0$"):
        reduce(np.ones(5), 0, 0)
    with pytest.raises(ValueError, match="^seed must be a whole number, got Generator: every call has to draw the same P$"):
        expand(np.ones(2), np.random.default_rng(0), 5)
    with pytest.raises(ValueError, match=r"^g must be a vector of floats, got shape \(2, 3\) of float64$"):
        reduce(np.ones((2, 3)), 0, 1)
    with pytest.raises(ValueError, match=r"^z must be a vector of floats, got shape \(3,\) of int64$"):
        expand(np.arange(3), 0, 5)
