import math

import numpy as np
import pytest

from minilora.lowrank import effective_rank, energy_rank, stable_rank


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_equal_singular_values_count_alike(with_spectrum, scale):
    W = with_spectrum([scale] * 4, 9, 7)
    assert effective_rank(W) == pytest.approx(4, rel=1e-9)
    assert stable_rank(W) == pytest.approx(4, rel=1e-12)
    assert energy_rank(W, share=0.99) == 4
    assert energy_rank(W, share=0.5 - 1e-9) == 2


def test_closed_forms(with_spectrum):
    W = with_spectrum([3.0, 1.0], 6, 5)
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert effective_rank(W) == pytest.approx(math.exp(entropy), rel=1e-10)
    assert stable_rank(W) == pytest.approx(10 / 9, rel=1e-12)


def test_the_matrix_one_to_nine(nine):
    sigma = np.sqrt((285 + np.array([1, -1]) * math.sqrt(285**2 - 4 * 324)) / 2)
    p = sigma / sigma.sum()
    assert stable_rank(nine) == pytest.approx(285 / sigma[0] ** 2, rel=1e-12)
    assert effective_rank(nine) == pytest.approx(math.exp(-(p * np.log(p)).sum()), rel=1e-10)
    assert energy_rank(nine) == 1
    assert energy_rank(nine, share=0.9999) == 2


@pytest.mark.parametrize("share, rank", [(0.01, 1), (0.6, 1), (0.61, 2), (0.9, 2), (0.91, 3), (1.0, 3)])
def test_energy_rank_at_its_steps(share, rank):
    W = np.diag([6.0, 3.0, 1.0, 0.0]) ** 0.5  # energies .6, .9, 1, 1
    assert energy_rank(W * 1.5, share=share - 1e-12) == rank


def test_rank_one(rng):
    W = np.outer(rng.standard_normal(6), rng.standard_normal(4))
    assert effective_rank(W) == pytest.approx(1, rel=1e-9)
    assert stable_rank(W) == pytest.approx(1, rel=1e-12)
    assert energy_rank(W) == energy_rank(W, share=1.0) == 1


def test_a_zero_matrix_uses_no_dimension():
    W = np.zeros((4, 3))
    assert (effective_rank(W), stable_rank(W), energy_rank(W)) == (0.0, 0.0, 0)


def test_results_are_python_numbers(rng):
    for W in (rng.standard_normal((5, 4)), np.zeros((5, 4)), rng.standard_normal((5, 4)).astype(np.float32)):
        assert [type(f(W)) for f in (effective_rank, stable_rank, energy_rank)] == [float, float, int]


@pytest.mark.parametrize("share", [0, -0.1, 1.1])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match=f"share must be above 0 and at most 1, got {share}"):
        energy_rank(np.eye(3), share=share)
