import math

import pytest

from minilora.training import constant, exponential, jagged_cosine, step_decay, warmup_cosine
from minilora.training.schedules import restart_rise, step_decay_factor, warmup_cosine_factor


def test_constant():
    assert [constant()(step) for step in (0, 7, 10**6)] == [1, 1, 1]


def test_step_decay():
    assert [step_decay(every=3, factor=0.5)(step) for step in range(8)] == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_exponential():
    assert [exponential(0.5)(step) for step in range(4)] == [1, 0.5, 0.25, 0.125]


def test_warmup_cosine_rises_to_one_then_falls_to_the_floor():
    schedule = warmup_cosine(warmup=4, total=12, floor=0.2)
    values = [schedule(step) for step in range(14)]
    assert values[:4] == [0.25, 0.5, 0.75, 1.0]
    assert values[7] == pytest.approx(0.6)  # halfway down
    assert values[5] == pytest.approx(0.2 + 0.8 * (1 + math.cos(math.pi / 4)) / 2)
    assert values[3:12] == sorted(values[3:12], reverse=True)
    assert values[11:] == pytest.approx([0.2, 0.2, 0.2])


def test_warmup_cosine_without_either_part():
    assert warmup_cosine(warmup=0, total=2, floor=0.0)(0) == pytest.approx(0.5)
    assert warmup_cosine(warmup=3, total=3)(9) == 1.0


def test_the_factor_of_a_step_is_the_schedule():
    falling, stairs = warmup_cosine(warmup=3, total=9, floor=0.2), step_decay(every=4, factor=0.3)
    assert [warmup_cosine_factor(step, 3, 9, 0.2) for step in range(12)] == [falling(step) for step in range(12)]
    assert [step_decay_factor(step, 4, 0.3) for step in range(12)] == [stairs(step) for step in range(12)]
    assert [restart_rise(step, 5, 2) for step in range(8)] == [1, 1, 1, 1, 1, 0.5, 1, 1]


def test_jagged_cosine_rises_again_to_the_same_curve_after_each_restart():
    smooth, jagged = warmup_cosine(3, 20), jagged_cosine(3, 20, restart=6, restart_warmup=4)
    factor = [jagged(step) / smooth(step) for step in range(20)]
    tooth = [0.25, 0.5, 0.75, 1, 1, 1]
    assert factor == pytest.approx([1] * 6 + tooth + tooth + tooth[:2])
    assert [jagged_cosine(3, 20, restart=6, restart_warmup=0)(step) for step in range(20)] == [smooth(step) for step in range(20)]


def test_bad_settings_are_refused_by_name():
    cases = [
        (lambda: step_decay(0, 0.5), "every must be at least 1, got 0"),
        (lambda: step_decay(3, 0.0), "factor must be above 0"),
        (lambda: exponential(-1.0), "factor must be above 0"),
        (lambda: warmup_cosine(5, 4), "warmup must be between 0 and total=4, got 5"),
        (lambda: warmup_cosine(0, 0), "total must be at least 1, got 0"),
        (lambda: warmup_cosine(1, 4, floor=1.5), "floor must be between 0 and 1"),
        (lambda: jagged_cosine(1, 4, 0, 0), "restart must be at least 1, got 0"),
        (lambda: jagged_cosine(1, 9, 3, 4), "restart_warmup must be between 0 and restart=3, got 4"),
        (lambda: jagged_cosine(5, 4, 3, 1), "warmup must be between 0 and total=4, got 5"),
    ]
    for build, message in cases:
        with pytest.raises(ValueError, match=message):
            build()
