import math

import numpy as np
import pytest
import scipy.integrate

from minilora.lowrank import beyond_noise, noise_density, noise_edges, noise_median, noise_std, singular_values


def noise(rng, m, n, sigma, draw="normal"):
    return rng.normal(0, sigma, (m, n)) if draw == "normal" else rng.uniform(-1, 1, (m, n)) * sigma * np.sqrt(3)


@pytest.mark.parametrize("m, n", [(300, 200), (150, 450)])
@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_noise_ends_at_its_edges(rng, m, n, draw):
    values = singular_values(noise(rng, m, n, 0.02, draw))
    lower, upper = noise_edges(m, n, 0.02)
    assert values[0] == pytest.approx(upper, rel=0.02)
    assert values[-1] == pytest.approx(lower, abs=0.02 * upper)


def test_edges_in_closed_form():
    assert noise_edges(16, 9, 0.5) == noise_edges(9, 16, 0.5) == (0.5, 3.5)
    assert noise_edges(16, 16, 0.5) == (0, 4)
    assert {type(edge) for edge in noise_edges(16, 9, 0.5)} == {float}


@pytest.mark.parametrize("m, n", [(40, 30), (30, 40), (25, 25), (5, 80)])
def test_the_density_is_one(m, n):
    lower, upper = noise_edges(m, n, 0.7)
    area, _ = scipy.integrate.quad(lambda s: noise_density(np.array(s), m, n, 0.7), lower, upper)
    second, _ = scipy.integrate.quad(lambda s: s * s * noise_density(np.array(s), m, n, 0.7), lower, upper)
    assert area == pytest.approx(1, rel=1e-8)
    assert second * min(m, n) == pytest.approx(m * n * 0.7**2, rel=1e-8)  # the mean of norm_F^2
    outside = np.array([-1.0, 0.99 * lower - 1e-6, 1.01 * upper])
    np.testing.assert_array_equal(noise_density(outside, m, n, 0.7), 0)


def test_a_square_matrix_has_the_quarter_circle():
    s = np.array([0.0, 1.0, 5.0, 9.99])
    np.testing.assert_allclose(noise_density(s, 25, 25, 1.0), np.sqrt(100 - s * s) / (25 * math.pi), rtol=1e-9)


@pytest.mark.parametrize("m, n", [(400, 300), (200, 500), (300, 300)])
def test_the_density_is_that_of_drawn_noise(rng, m, n):
    values = singular_values(noise(rng, m, n, 0.3))
    edges = np.linspace(0, noise_edges(m, n, 0.3)[1] * 1.1, 12)
    counts, _ = np.histogram(values, edges)
    for count, a, b in zip(counts, edges, edges[1:], strict=False):
        share, _ = scipy.integrate.quad(lambda s: noise_density(np.array(s), m, n, 0.3), a, b)
        assert count == pytest.approx(min(m, n) * share, abs=3)  # singular values repel: they scatter very little


@pytest.mark.parametrize("m, n", [(60, 60), (80, 20), (7, 90), (50, 3)])
def test_noise_std_divides_by_the_median_of_the_density(m, n):
    median = 2.0 / noise_std(2.0 * np.eye(m, n))
    assert median == pytest.approx(noise_median(m, n), rel=1e-12)
    half, _ = scipy.integrate.quad(lambda s: noise_density(np.array(s), m, n, 1.0), noise_edges(m, n, 1.0)[0], median)
    assert half == pytest.approx(0.5, abs=1e-7)


def test_the_published_coefficient_of_a_square_matrix():
    """Gavish and Donoho: the optimal threshold, 4 / sqrt(3) sigma sqrt(n), is 2.858 medians."""
    n = 50
    assert 4 / math.sqrt(3) * noise_std(np.eye(n)) * math.sqrt(n) == pytest.approx(2.858, abs=5e-4)


@pytest.mark.parametrize("m, n", [(200, 150), (100, 250)])
@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_noise_std_of_drawn_noise(rng, m, n, draw):
    assert noise_std(noise(rng, m, n, 0.3, draw)) == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("given", [True, False], ids=["given", "estimated"])
@pytest.mark.parametrize("m, n", [(120, 80), (80, 120)])
def test_planted_spikes_are_counted(rng, with_spectrum, m, n, given):
    sigma = 0.05
    detectable = sigma * (m * n) ** 0.25
    for count in (0, 1, 5):
        W = noise(rng, m, n, sigma) + with_spectrum([3 * detectable] * count, m, n)
        found = beyond_noise(W, sigma if given else None)
        assert found.count == count
        assert found.sigma == pytest.approx(sigma, rel=0.06)
    assert [type(part) for part in found] == [int, float, float]


def test_a_spike_too_weak_to_show_does_not_show(rng, with_spectrum):
    m, n, sigma = 120, 80, 0.05
    shown = {}
    for strength in (0.5, 2.0):  # of what can be detected
        spike = with_spectrum([strength * sigma * (m * n) ** 0.25], m, n)
        shown[strength] = sum(beyond_noise(noise(rng, m, n, sigma) + spike, sigma).count for _ in range(100))
    assert shown[0.5] <= 6 and shown[2.0] >= 94


def test_a_spike_stands_where_theory_puts_it(rng, with_spectrum):
    """Benaych-Georges and Nadakuditi 2012: theta shows at sqrt((theta^2 + m sigma^2) (theta^2 + n sigma^2)) / theta."""
    m, n, sigma = 300, 200, 0.1
    theta = 2 * sigma * (m * n) ** 0.25
    W = noise(rng, m, n, sigma) + with_spectrum([theta], m, n)
    expected = math.sqrt((theta**2 + m * sigma**2) * (theta**2 + n * sigma**2)) / theta
    assert singular_values(W)[0] == pytest.approx(expected, rel=0.03)
    assert beyond_noise(W).count == 1


def test_one_draw_of_noise_in_a_hundred_passes_the_threshold(rng):
    draws, beyond, past_edge = 3000, 0, 0
    for _ in range(draws):
        W = rng.standard_normal((24, 16))
        beyond += beyond_noise(W, 1.0).count > 0
        past_edge += singular_values(W)[0] > noise_edges(24, 16, 1.0)[1]
    assert 0.004 * draws < beyond < 0.018 * draws
    assert past_edge > 0.08 * draws


@pytest.mark.parametrize("arguments", [(0, 3, 1.0), (3, 0, 1.0), (3, 3, -1.0)])
def test_what_makes_no_sense_is_refused(arguments):
    for function in (noise_edges, lambda *a: noise_density(np.ones(1), *a)):
        with pytest.raises(ValueError, match="m and n must be at least 1 and sigma at least 0"):
            function(*arguments)


def test_a_sigma_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="sigma at least 0, got 3, 4 and -1"):
        beyond_noise(np.ones((3, 4)), -1)
    with pytest.raises(ValueError, match="^sigma must be above 0 for a density, got 0"):
        noise_density(np.ones(1), 3, 4, 0)
