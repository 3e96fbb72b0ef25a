"""The roofline's formulas, at places that are known; and its clock."""

import math

import pytest

from minilora.experiments.roofline import attainable, attention_intensity, bound_seconds, product_intensity, seconds_each


def test_intensity_of_a_product():
    assert product_intensity(64, 64, 64) == pytest.approx(2 * 64 / 12)
    assert product_intensity(1, 10**6, 10**6, itemsize=2) == pytest.approx(1, rel=1e-5)  # one row: 2 / b at most
    assert product_intensity(3, 5, 7) == product_intensity(7, 3, 5)


def test_intensity_of_attention():
    assert attention_intensity(256, 32, passes=0) == 64  # fused: T / b
    assert attention_intensity(10**7, 32, passes=8) == pytest.approx(4, rel=1e-4)  # 4 D / (b p)


@pytest.mark.parametrize("intensity", [0.1, 2.0, 50.0])
def test_rate_and_time_say_the_same(intensity):
    operations, peak, band = 1e6, 30.0, 10.0
    seconds = bound_seconds(operations, operations / intensity, peak, band)
    assert operations / seconds == pytest.approx(attainable(intensity, peak, band))


def test_the_clock_calls_once_before_and_at_least_once_a_round():
    calls = []
    found = seconds_each(lambda: calls.append(math.factorial(2000)), rounds=3, at_least=0.0)
    assert len(found) == 3 and len(calls) == 4 and min(found) >= 0
