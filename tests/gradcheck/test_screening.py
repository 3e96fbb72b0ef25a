"""Two evaluations an entry where the expected gradient is right; and nothing passes with it that failed without."""

import numpy as np
import pytest

from minilora.gradcheck.numeric import differentiate
from minilora.gradcheck.verdict import judge


def checked(f, x, expected, screen=True):
    """(record, causes, evaluations) of a scalar function's gradient."""
    calls = []

    def y_at(index, value):
        calls.append(1)
        moved = x.copy()
        moved[index] = value
        return np.asarray(f(moved))

    numeric = differentiate(y_at, x, np.asarray(f(x)), np.ones(()), expected=expected if screen else None)
    record, findings = judge("x", x, expected, numeric, 1e-6)
    return record, [str(finding.cause) for finding in findings], len(calls)


@pytest.fixture
def x(rng):
    return rng.standard_normal(40)


RIGHT = {
    "exp": (lambda x: np.exp(x).sum(), np.exp),
    "sin": (lambda x: np.sin(x).sum(), np.cos),
    "sin beside a large number": (lambda x: 3e5 + np.sin(x).sum(), np.cos),
    "half unused": (lambda x: np.tanh(x[::2]).sum(), lambda x: np.where(np.arange(40) % 2, 0.0, 1 / np.cosh(x) ** 2)),
}


@pytest.mark.parametrize("case", RIGHT)
def test_about_two_evaluations_an_entry(x, case):
    f, gradient = RIGHT[case]
    record, causes, calls = checked(f, x, gradient(x))
    assert record.ok and not causes and record.error <= 2.5e-7
    evaluations = 4 if "large" in case else 2
    assert evaluations * x.size <= calls <= (evaluations + 0.9) * x.size
    assert checked(f, x, gradient(x), screen=False)[2] >= 2 * evaluations * x.size


@pytest.mark.parametrize("case", RIGHT)
@pytest.mark.parametrize("size", [1.2e-6, 1e-5, 1e-3, 1, -2])
def test_a_wrong_entry_fails_wherever_it_is(x, case, size):
    f, gradient = RIGHT[case]
    for i in range(0, x.size, 3):
        wrong = gradient(x)
        wrong[i] += size * max(abs(wrong[i]), 2e-3 * np.abs(wrong).max())
        assert not checked(f, x, wrong)[0].ok, i


WRONG = {
    "a kink, all of the array": (lambda x: np.abs(x).sum(), np.zeros(5), np.zeros(5)),
    "a kink with its mean slope": (lambda x: (np.maximum(x, 0) + 0.5 * x).sum(), np.zeros(5), np.ones(5)),
    "a jump": (lambda x: np.sign(x).sum(), np.zeros(5), np.zeros(5)),
    "a zero where the slope is small beside f": (lambda x: 1e5 + 1e-7 * x.sum() + x[0], np.full(5, 0.3), np.eye(5)[0]),
    "nothing at all": (lambda x: 3.0, np.ones(5), np.zeros(5)),
    "a numeric gradient with a coarse step": (
        lambda x: np.sin(30 * x).sum(), np.full(5, 0.4), np.full(5, (np.sin(30 * 0.4004) - np.sin(30 * 0.3996)) / 0.0008)
    ),
    "not finite": (lambda x: x.sum(), np.ones(5), np.array([1, 1, np.nan, np.inf, 1])),
    "below rounding": (lambda x: 1e6 + x.sum(), np.ones(5), np.full(5, 1 + 3e-6)),
    "a bend out of the step": (lambda x: np.maximum(x - 2e-4, 0).sum() + 1e-3 * x.sum(), np.zeros(5), np.full(5, 0.3)),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_fails_in_full_fails_screened(case):
    f, x, gradient = WRONG[case]
    full, full_causes, _ = checked(f, x, gradient, screen=False)
    record, causes, _ = checked(f, x, gradient)
    assert record.ok == full.ok and causes == full_causes
    if case != "a numeric gradient with a coarse step":
        assert not record.ok or "zero" in case


def test_a_dead_parameter_is_seen_all_the_same():
    record, causes, calls = checked(lambda x: 3.0, np.ones(5), np.zeros(5))
    assert causes == ["dead_parameter"] and calls == 10


def test_no_wrong_gradient_of_random_functions_passes():
    """Polynomials of random size and offset, each with an error of a random size at a random place."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, c, offset = rng.standard_normal(6), rng.standard_normal((3, 6)), 10.0 ** rng.integers(-3, 4)
        f = lambda x, c=c, offset=offset: float(offset + (c[0] * x + c[1] * x * x + c[2] * x * x * x).sum())  # noqa: E731
        gradient = c[0] + 2 * c[1] * x + 3 * c[2] * x * x
        assert checked(f, x, gradient)[0].ok == checked(f, x, gradient, screen=False)[0].ok
        i = rng.integers(6)
        gradient[i] += 10.0 ** rng.uniform(-5.5, 1) * max(abs(gradient[i]), 1e-3 * np.abs(gradient).max()) * rng.choice([-1, 1])
        assert not checked(f, x, gradient)[0].ok, seed
