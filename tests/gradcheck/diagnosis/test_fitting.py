"""A constant factor has no spread; a sum of multiples along an axis leaves nothing over."""

import numpy as np
import pytest

from minilora.gradcheck.diagnosis.fitting import fit_along, ratio


def test_a_constant_factor(rng):
    n = rng.standard_normal((3, 5))
    n[0, 0] = 1e-9                                      # small beside the others: its ratio does not count
    a = -1.5 * n
    a[0, 0] += 1e-8
    factor, spread = ratio(a, n)
    assert factor == pytest.approx(-1.5) and spread < 1e-12


def test_no_constant_factor(rng):
    n = rng.uniform(1, 2, (3, 5))
    _, spread = ratio(n * np.array([[1.0], [1.0], [3.0]]), n)
    assert spread == pytest.approx(2)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_what_lies_in_the_span_is_left_as_it_is(rng, axis):
    K = rng.standard_normal((2, 4, 5, 6))
    coefficients = rng.standard_normal((2, *np.expand_dims(K[0].sum(axis=axis), axis).shape))
    d = (coefficients * K).sum(axis=0)
    np.testing.assert_allclose(fit_along(d, K, axis), d, atol=1e-12)
    other = rng.standard_normal(d.shape)
    rest = other - fit_along(other, K, axis)
    np.testing.assert_allclose((rest * K).sum(axis=axis if axis < 0 else axis + 1), 0, atol=1e-12)
    assert np.abs(rest).max() > 0.1


def test_ones_alone_give_the_mean(rng):
    d = rng.standard_normal((4, 5))
    np.testing.assert_allclose(fit_along(d, np.ones((1, 4, 5)), 0), np.broadcast_to(d.mean(axis=0), (4, 5)))
