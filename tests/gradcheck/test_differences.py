"""Each formula has the error that its header states, and the best step is the best."""

import numpy as np
import pytest

from minilora.gradcheck.differences import EPS, best_central_step, richardson, slopes


def around(f, x, h):
    return slopes(f(x + h), f(x), f(x - h), x + h, x, x - h)


def test_the_errors_have_the_stated_order_and_factor():
    x, h, q = 0.7, 2.0**-6, 0.618
    (forward, wide, jump), (_, narrow, _) = around(np.exp, x, h), around(np.exp, x, q * h)
    assert forward - np.exp(x) == pytest.approx(h / 2 * np.exp(x), rel=0.02)
    assert wide - np.exp(x) == pytest.approx(h * h / 6 * np.exp(x), rel=0.02)
    assert jump == pytest.approx(h * np.exp(x), rel=0.02)
    value = richardson(wide, narrow, q)
    assert value - np.exp(x) == pytest.approx(-(q**2) * h**4 / 120 * np.exp(x), rel=0.02)


def test_the_step_that_counts_is_the_one_after_rounding():
    x, h = 1e8, 1e-7                                    # x + h is off by up to 7e-9
    up, down = x + h, x - h
    assert slopes(2 * up, 2 * x, 2 * down, up, x, down) == (2, 2, 0)
    assert abs((2 * up - 2 * down) / (2 * h) - 2) > 1e-2


@pytest.mark.parametrize(("f", "change"), [(np.abs, 2.0), (lambda x: np.maximum(x, 0) + np.exp(x), 1.0), (np.sin, 0.0)])
def test_a_corner_is_the_change_of_slope(f, change):
    h, q = 1e-4, 0.618
    jumps = [around(f, 0.0, step)[2] for step in (h, q * h)]
    assert richardson(*jumps, q, k=1) == pytest.approx(change, abs=1e-9)


def test_no_step_is_much_better_than_the_best():
    points = np.random.default_rng(0).uniform(0.5, 1.5, 300)
    steps = 10.0 ** np.arange(-9, -1, 0.25)
    errors = [np.median([abs(around(np.sin, x, h)[1] - np.cos(x)) for x in points]) for h in steps]
    predicted = best_central_step(np.sin(1), np.cos(1))
    assert predicted / 3 < steps[np.argmin(errors)] < 3 * predicted
    assert best_central_step(1.0, 0.0) == float("inf")
    assert best_central_step(1.0, 3.0) == pytest.approx(EPS ** (1 / 3))
