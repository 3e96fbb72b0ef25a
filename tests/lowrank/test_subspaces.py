import numpy as np
import pytest
import scipy.linalg

from minilora.lowrank import principal_angles, random_similarity, similarity_grid, subspace_similarity


def test_a_subspace_lies_in_itself(rng):
    A = rng.standard_normal((6, 20))
    for i in range(1, 7):
        for j in range(1, 7):
            assert subspace_similarity(A, A, i, j) == pytest.approx(1, rel=1e-12)


def test_orthogonal_subspaces():
    A1, A2 = np.eye(3, 8), np.eye(3, 8, k=4)
    assert subspace_similarity(A1, A2, 3, 2) == pytest.approx(0, abs=1e-15)


def test_in_closed_form():
    # the plane of e1, e2 and a line at 30 degrees to it, whose projection is e1
    A1 = np.diag([3.0, 2.0]) @ np.eye(2, 3)
    A2 = np.array([[np.cos(np.pi / 6), 0, np.sin(np.pi / 6)]])
    assert subspace_similarity(A1, A2, 2, 1) == pytest.approx(0.75, rel=1e-12)
    assert subspace_similarity(A1, A2, 1, 1) == pytest.approx(0.75, rel=1e-12)


def test_it_is_the_mean_squared_cosine_of_the_principal_angles(rng):
    A1, A2 = rng.standard_normal((5, 12)), rng.standard_normal((7, 12))
    angles = scipy.linalg.subspace_angles(A1.T, A2.T)
    assert subspace_similarity(A1, A2, 5, 7) == pytest.approx(np.mean(np.cos(angles) ** 2), rel=1e-10)


def test_right_singular_vectors_are_compared(rng):
    A = rng.standard_normal((6, 20))
    Q, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    assert subspace_similarity(A, Q @ A, 3, 3) == pytest.approx(1, rel=1e-10)  # a rotation of the rows changes no direction
    P, _ = np.linalg.qr(rng.standard_normal((20, 20)))
    assert subspace_similarity(A, A @ P, 3, 3) < 0.9


def test_symmetric_and_blind_to_scale(rng):
    A1, A2 = rng.standard_normal((4, 12)), rng.standard_normal((6, 12))
    phi = subspace_similarity(A1, A2, 2, 5)
    assert subspace_similarity(A2, A1, 5, 2) == pytest.approx(phi, rel=1e-12)
    assert subspace_similarity(-1e6 * A1, 1e-6 * A2, 2, 5) == pytest.approx(phi, rel=1e-9)
    assert type(phi) is float and 0 <= phi <= 1


@pytest.mark.parametrize("i, j", [(1, 1), (4, 8), (8, 3)])
def test_random_subspaces_share_max_over_d(rng, i, j):
    d = 64
    phis = [subspace_similarity(rng.standard_normal((8, d)), rng.standard_normal((8, d)), i, j) for _ in range(300)]
    assert random_similarity(i, j, d) == max(i, j) / d
    assert np.mean(phis) == pytest.approx(random_similarity(i, j, d), rel=0.25)


def test_bad_input_is_refused(rng):
    A = rng.standard_normal((4, 12))
    with pytest.raises(ValueError, match="i must be between 1 and the rank of A1=4, got 5"):
        subspace_similarity(A, A, 5, 1)
    with pytest.raises(ValueError, match="j must be between 1 and the rank of A2=4, got 0"):
        subspace_similarity(A, A, 1, 0)
    with pytest.raises(ValueError, match=r"same number of columns, got shapes \(4, 12\) and \(4, 11\)"):
        subspace_similarity(A, A[:, 1:], 1, 1)
    with pytest.raises(ValueError, match=r"A2 must be a matrix \(2-D, not empty\)"):
        subspace_similarity(A, A[0], 1, 1)


def test_no_directions_beyond_the_rank(rng):
    A = rng.standard_normal((4, 2)) @ rng.standard_normal((2, 12))
    assert subspace_similarity(A, A, 2, 2) == pytest.approx(1, rel=1e-10)
    with pytest.raises(ValueError, match="i must be between 1 and the rank of A1=2, got 3"):
        subspace_similarity(A, A, 3, 2)
    with pytest.raises(ValueError, match="rank of A1=0"):
        subspace_similarity(np.zeros((4, 12)), A, 1, 1)


def test_the_grid_holds_every_phi(rng):
    A1, A2 = rng.standard_normal((4, 12)), rng.standard_normal((7, 12))
    grid = similarity_grid(A1, A2)
    expected = [[subspace_similarity(A1, A2, i, j) for j in range(1, 8)] for i in range(1, 5)]
    np.testing.assert_allclose(grid, expected, rtol=1e-12)
    np.testing.assert_allclose(similarity_grid(A2, A1), grid.T, rtol=1e-12)
    assert similarity_grid(A1.astype(np.float32), A2.astype(np.float32)).dtype == np.float32


def test_the_grid_ends_at_the_rank(rng):
    A1 = rng.standard_normal((4, 2)) @ rng.standard_normal((2, 12))
    assert similarity_grid(A1, rng.standard_normal((5, 12))).shape == (2, 5)
    with pytest.raises(ValueError, match="rank of A1=0"):
        similarity_grid(np.zeros((4, 12)), A1)


@pytest.mark.parametrize("i, j", [(3, 5), (5, 3), (5, 7), (4, 4)])
def test_principal_angles_agree_with_scipy(rng, i, j):
    A1, A2 = rng.standard_normal((5, 12)), rng.standard_normal((7, 12))
    V1, V2 = np.linalg.svd(A1)[2][:i].T, np.linalg.svd(A2)[2][:j].T
    angles = principal_angles(A1, A2, i, j)
    assert angles.shape == (min(i, j),) and (np.diff(angles) >= 0).all()
    np.testing.assert_allclose(angles, np.sort(scipy.linalg.subspace_angles(V1, V2)), rtol=1e-9, atol=1e-12)
    assert np.mean(np.cos(angles) ** 2) == pytest.approx(subspace_similarity(A1, A2, i, j), rel=1e-10)


@pytest.mark.parametrize("angle", [0.0, 1e-12, 1e-8, 0.3, np.pi / 2 - 1e-9, np.pi / 2])
def test_principal_angles_are_accurate_however_small(angle):
    A1 = np.array([[1.0, 0, 0, 0]])
    A2 = np.array([[2 * np.cos(angle), 0, 2 * np.sin(angle), 0]])
    assert principal_angles(A1, A2, 1, 1) == pytest.approx([angle], rel=1e-12, abs=1e-15)


def test_random_similarity_refuses_more_directions_than_there_are():
    with pytest.raises(ValueError, match="^i and j must be between 1 and n=8, got 9 and 1$"):
        random_similarity(9, 1, 8)
