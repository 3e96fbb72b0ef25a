import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

from minilora.lowrank import amplification, random_share


def test_in_closed_form():
    # Delta W acts along e3 -> e2, where W has 0.5, and along e1 -> e4, where it has 2
    W, delta = np.zeros((4, 5)), np.zeros((4, 5))
    W[1, 2], W[3, 0], W[0, 1] = 0.5, 2.0, 7.0
    delta[1, 2], delta[3, 0] = 3.0, 1.0
    found = amplification(W, delta, 1)
    assert found == pytest.approx((math.sqrt(10) / 0.5, math.sqrt(10), 0.5, 7.0, math.sqrt(53.25 / 20)), rel=1e-12)
    found = amplification(W, delta, 2)
    assert found.own == pytest.approx(math.hypot(0.5, 2), rel=1e-12)
    assert found.weights == pytest.approx(math.hypot(7, 2), rel=1e-12)
    assert [type(part) for part in found] == [float] * 5


def test_against_scipy(rng):
    W, delta = rng.standard_normal((9, 7)), rng.standard_normal((9, 3)) @ rng.standard_normal((3, 7))
    U, _, Vt = scipy.linalg.svd(delta)
    found = amplification(W, delta, 3)
    own = np.linalg.norm(U[:, :3].T @ W @ Vt[:3].T)
    assert found.own == pytest.approx(own, rel=1e-10)
    assert found.factor == pytest.approx(np.linalg.norm(delta) / own, rel=1e-10)
    assert found.weights == pytest.approx(np.linalg.norm(scipy.linalg.svdvals(W)[:3]), rel=1e-10)
    assert found.random == pytest.approx(3 * np.linalg.norm(W) / math.sqrt(63), rel=1e-12)


def test_w_itself_is_not_amplified(rng):
    W = rng.standard_normal((9, 7))
    found = amplification(W, W, 7)
    assert found == pytest.approx((1, *[np.linalg.norm(W)] * 3, 7 * np.linalg.norm(W) / math.sqrt(63)), rel=1e-12)


def test_the_parts_scale(rng):
    W, delta = rng.standard_normal((9, 7)), rng.standard_normal((9, 7))
    one, other = amplification(W, delta, 2), amplification(W, 10 * delta, 2)
    assert other.factor == pytest.approx(10 * one.factor) and other.own == pytest.approx(one.own)


def test_a_change_where_w_does_nothing():
    assert amplification(np.diag([1.0, 0.0]), np.diag([0.0, 1.0]), 1).factor == math.inf


def test_the_random_row_of_the_papers_table():
    """Table 7 of Hu et al.: W_q of GPT-3, d = 12288, of norm 61.95; random directions .02 (r = 4) and .33 (r = 64)."""
    assert random_share(61.95, 4, 12288, 12288) == pytest.approx(0.0202, abs=5e-5)
    assert random_share(61.95, 64, 12288, 12288) == pytest.approx(0.323, abs=5e-4)


@pytest.mark.parametrize("m, n, r", [(11, 7, 3), (6, 13, 5), (8, 8, 1)])
def test_random_share_by_drawing(rng, m, n, r):
    W = rng.standard_normal((m, n)) * np.logspace(0, -1, n)
    squares = []
    for _ in range(1500):
        U = scipy.stats.ortho_group.rvs(m, random_state=rng)[:, :r]
        V = scipy.stats.ortho_group.rvs(n, random_state=rng)[:, :r]
        squares.append(np.linalg.norm(U.T @ W @ V) ** 2)
    expected = random_share(np.linalg.norm(W), r, m, n) ** 2
    assert abs(np.mean(squares) - expected) < 4 * np.std(squares) / math.sqrt(len(squares))
    assert np.std(squares) / math.sqrt(len(squares)) < 0.05 * expected  # so the line above says something


def test_bad_input_is_refused(rng):
    W, delta = rng.standard_normal((9, 7)), rng.standard_normal((9, 2)) @ rng.standard_normal((2, 7))
    with pytest.raises(ValueError, match="^r must be between 1 and the rank of delta=2, got 3$"):
        amplification(W, delta, 3)
    with pytest.raises(ValueError, match="the rank of delta=0, got 1"):  # LoRA before its first step
        amplification(W, 0 * delta, 1)
    with pytest.raises(ValueError, match=r"^W and delta must have one shape, got \(9, 7\) and \(7, 9\)$"):
        amplification(W, delta.T, 2)
    with pytest.raises(ValueError, match=r"^r must be between 1 and min\(d1, d2\)=7, got 8$"):
        random_share(1.0, 8, 9, 7)
