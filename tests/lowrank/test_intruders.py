import numpy as np
import pytest
import scipy.linalg

from minilora.lowrank import intruder_dimensions


@pytest.fixture
def tuned(rng):
    """W0 (12, 9) with directions e_1..e_9 in its column space, and two planted directions that are not among them."""
    U, _ = np.linalg.qr(rng.standard_normal((12, 12)))
    V, _ = np.linalg.qr(rng.standard_normal((9, 9)))
    W0 = (U[:, :9] * np.arange(9.0, 0, -1)) @ V.T
    intruder, half = U[:, 10], (U[:, 0] + U[:, 11]) / np.sqrt(2)
    return W0, U, V, intruder, half


def test_nothing_new_in_the_matrix_itself(tuned):
    W0 = tuned[0]
    found = intruder_dimensions(W0, W0, k=9)
    assert found.indices.shape == (0,)
    np.testing.assert_allclose(found.cosines, 1, rtol=1e-12)


def test_a_planted_direction_is_found_where_it_stands(tuned):
    W0, U, V, intruder, _ = tuned
    # 8.5 stands second among 9, 8, 7, ...: it takes the right singular vector of the weakest, so that the SVD stays known
    W1 = W0 - np.outer(U[:, 8], V[:, 8]) + 8.5 * np.outer(intruder, V[:, 8])
    found = intruder_dimensions(W0, W1, k=5)
    np.testing.assert_array_equal(found.indices, [1])
    np.testing.assert_allclose(found.cosines, [1, 0, 1, 1, 1], atol=1e-12)
    np.testing.assert_array_equal(intruder_dimensions(W0, W1, k=1).indices, [])  # only the first k are asked


@pytest.mark.parametrize("eps, count", [(0.5, 0), (0.7, 0), (0.71, 1), (1.0, 1)])
def test_the_threshold(tuned, eps, count):
    _, U, V, _, half = tuned
    W0 = np.outer(U[:, 0], V[:, 0]) + 0.5 * np.outer(U[:, 1], V[:, 1])
    found = intruder_dimensions(W0, 3 * np.outer(half, V[:, 0]), k=1, eps=eps)
    assert found.cosines == pytest.approx([np.sqrt(0.5)], rel=1e-12)
    assert len(found.indices) == count


def test_signs_mean_nothing(tuned):
    W0 = tuned[0]
    np.testing.assert_allclose(intruder_dimensions(W0, -W0, k=9).cosines, 1, rtol=1e-12)


def test_against_scipy(rng):
    W0, W1 = rng.standard_normal((9, 12)), rng.standard_normal((9, 12))
    U0, U1 = scipy.linalg.svd(W0)[0], scipy.linalg.svd(W1)[0]
    expected = [max(abs(U0[:, i] @ U1[:, j]) for i in range(9)) for j in range(6)]
    found = intruder_dimensions(W0, W1, k=6, eps=0.6)
    np.testing.assert_allclose(found.cosines, expected, rtol=1e-10)
    np.testing.assert_array_equal(found.indices, [j for j in range(6) if expected[j] < 0.6])
    assert 0 < len(found.indices) < 6


def test_left_vectors_are_compared(rng):
    W0 = rng.standard_normal((9, 7))
    P, _ = np.linalg.qr(rng.standard_normal((7, 7)))
    np.testing.assert_allclose(intruder_dimensions(W0, W0 @ P, k=7).cosines, 1, rtol=1e-10)  # other right vectors only


def test_bad_input_is_refused(rng):
    W = rng.standard_normal((12, 9))
    with pytest.raises(ValueError, match="^k must be between 1 and the rank of W1=9, got 10$"):
        intruder_dimensions(W, W)
    with pytest.raises(ValueError, match="^eps must be above 0 and at most 1, got 1.5$"):
        intruder_dimensions(W, W, k=2, eps=1.5)
    with pytest.raises(ValueError, match=r"^W0 and W1 must have one shape, got \(12, 9\) and \(9, 12\)$"):
        intruder_dimensions(W, W.T, k=2)
