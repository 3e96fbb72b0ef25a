"""The best fit of each shape is what a fit by least squares finds, and a change of the shape is held whole."""

import numpy as np
import pytest

from minilora.experiments.reach import band, changes_at_equal_numbers, corner, lokr_share, low_rank_share, share_between
from minilora.lowrank import svd


@pytest.fixture
def W():
    return np.random.default_rng(0).standard_normal((6, 8))


def test_a_change_of_the_shape_is_held_whole(W):
    rng = np.random.default_rng(1)
    U, _, Vt = svd(W)
    assert low_rank_share(rng.standard_normal((6, 2)) @ rng.standard_normal((2, 8)), 2) == pytest.approx(1)
    assert share_between(U[:, :3] @ rng.standard_normal((3, 3)) @ Vt[:3], W, corner(6, 3)) == pytest.approx(1)
    assert share_between((U * rng.standard_normal(6)) @ Vt, W, band(6, 0)) == pytest.approx(1)
    assert lokr_share(np.kron(rng.standard_normal((2, 4)), rng.standard_normal((3, 2))), 2, 4) == pytest.approx(1)


def test_linear_shapes_hold_what_least_squares_finds(W):
    T = np.random.default_rng(2).standard_normal(W.shape)
    U, _, Vt = svd(W)
    for places, count in ((corner(6, 3), 9), (band(6, 1), 16)):
        assert places.sum() == count
        share = share_between(T, W, places)
        columns = np.array([np.outer(U[:, i], Vt[j]).ravel() for i, j in np.argwhere(places)]).T
        best, *_ = np.linalg.lstsq(columns, T.ravel(), rcond=None)
        assert share == pytest.approx(((columns @ best) ** 2).sum() / (T**2).sum())


def test_no_kronecker_product_found_by_alternating_fits_is_nearer():
    T = np.random.default_rng(3).standard_normal((6, 8))
    blocks = T.reshape(2, 3, 4, 2)
    D = np.ones((3, 2))
    for _ in range(200):
        C = np.einsum("ikjl,kl->ij", blocks, D) / (D**2).sum()
        D = np.einsum("ikjl,ij->kl", blocks, C) / (C**2).sum()
    left = ((T - np.kron(C, D)) ** 2).sum() / (T**2).sum()
    assert lokr_share(T, 2, 4) == pytest.approx(1 - left, rel=1e-6)


def test_changes_at_equal_numbers_have_the_ranks_of_their_shapes():
    found = changes_at_equal_numbers(rng=0)
    assert [int(np.linalg.matrix_rank(delta)) for _, delta in found.values()] == [8, 16, 64, 256, 256, 256]
    assert all(4096 <= values <= 4300 for values, _ in found.values())
