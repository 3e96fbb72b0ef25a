"""Planted mistakes fail, with their cause and their place; zeros and kinks are told from them."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.gradcheck.verdict import relative_error


def double_forward(x):
    return 2 * x, None


def test_2_001_for_2(rng, causes):
    report = check(double_forward, lambda dy, _: 2.001 * dy, {"x": rng.standard_normal((3, 4))})
    assert causes(report) == [("wrong_scale", "x")] and report.findings[0].factor == pytest.approx(1.0005)
    assert report.max_error == pytest.approx(0.001 / 2.001, rel=1e-6)


@pytest.mark.parametrize("relative, ok", [(1e-5, False), (3e-6, False), (1.2e-6, False), (8e-7, True)])
def test_the_threshold_is_sharp(layernorm, rng, causes, relative, ok, replace):
    wrong = replace(layernorm.backward, 0, lambda dx: dx * (1 + relative))
    report = check(layernorm.forward, wrong, layernorm.inputs(rng, 3, 5))
    assert report.ok is ok
    assert causes(report) == ([] if ok else [("wrong_scale", "x")])
    assert check(layernorm.forward, wrong, layernorm.inputs(rng, 3, 5), rtol=1e-4).ok


def test_one_wrong_entry_in_a_large_array(rng):
    def backward(dy, _):
        dx = 2 * dy
        dx[17, 23] += 1e-4
        return dx

    report = check(double_forward, backward, {"x": rng.standard_normal((40, 50))})
    assert not report.ok and report.findings[0].where == (17, 23)
    entry = report["x"].worst[0]
    assert entry.index == (17, 23) and entry.got == pytest.approx(entry.expected + 1e-4)
    assert (report["x"].errors > 1e-6).sum() == 1


MISTAKES = {
    "sign": (lambda dk: -dk, "sign_flip"),
    "reshaped transpose": (lambda dk: dk.swapaxes(-1, -2).reshape(dk.shape), "reshaped"),
    "scale": (lambda dk: dk * 2.0, "missing_attention_scale"),  # D = 4
    "mixed-up rows": (lambda dk: dk[:, ::-1], "reshaped"),
    "one entry lost": (lambda dk: dk * (np.arange(dk.size) != 7).reshape(dk.shape), "gradient_cut"),
    "all lost": (np.zeros_like, "gradient_cut"),
    "a constant added": (lambda dk: dk + 1e-5, "extra_term"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_one_gradient_are_blamed_on_it(attention, rng, causes, mistake, replace):
    change, cause = MISTAKES[mistake]
    report = check(attention.forward, replace(attention.backward, 1, change), attention.inputs(rng, 2, 3, 5, 4))
    assert causes(report)[0] == (cause, "k") and {name for _, name in causes(report)} == {"k"}
    assert report["q"].ok and report["v"].ok and not report["k"].ok


def test_an_error_in_a_small_entry_is_seen_against_its_own_size(rng):
    """Entries down to a thousandth of the largest are held to their own size."""
    scale = np.array([1.0, 1e-2, 1e-3])

    def forward(x):
        return x * scale, None

    for place in range(3):
        wrong = scale * np.where(np.arange(3) == place, 1 + 1e-5, 1.0)
        assert not check(forward, lambda dy, _, wrong=wrong: dy * wrong, {"x": rng.standard_normal(3)}).ok


@pytest.fixture
def unused(layernorm, replace):
    """A layer norm that forgets gamma: (forward, backward)."""

    def forward(x, gamma, beta):
        return layernorm.forward(x, np.ones_like(gamma), beta)

    return forward, replace(layernorm.backward, 1, np.zeros_like)


def test_a_dead_parameter_fails_unless_named(layernorm, unused, rng, causes):
    forward, backward = unused
    inputs = layernorm.inputs(rng, 3, 4, 5)
    report = check(forward, backward, inputs)
    assert causes(report) == [("dead_parameter", "gamma")] and not report.ok
    excused = check(forward, backward, inputs, zero=("gamma",))
    assert excused.ok and "zero=" in excused["gamma"].note and excused.max_error < 1e-8


def test_naming_a_zero_does_not_excuse_a_wrong_one(layernorm, unused, rng, replace):
    inputs = layernorm.inputs(rng, 3, 5)
    assert not check(layernorm.forward, replace(layernorm.backward, 1, np.zeros_like), inputs, zero=("gamma",)).ok
    forward, backward = unused
    assert not check(forward, replace(backward, 1, np.ones_like), inputs, zero=("gamma",)).ok
    with pytest.raises(ValueError, match="zero= names 'gama', but the gradients are those of x, gamma, beta"):
        check(layernorm.forward, layernorm.backward, inputs, zero="gama")


def test_a_size_of_one_explains_a_zero(attention, layernorm, rng):
    report = check(attention.forward, attention.backward, attention.inputs(rng, 2, 3, 1, 4))
    assert report.ok and "size of 1" in report["q"].note and "size of 1" in report["k"].note and report["v"].note == ""
    assert check(layernorm.forward, layernorm.backward, layernorm.inputs(rng, 4, 3, 1)).ok


def test_a_batch_of_one_explains_nothing(layernorm, unused, rng):
    forward, backward = unused
    assert not check(forward, backward, layernorm.inputs(rng, 1, 4, 5)).ok


def test_a_zero_up_to_rounding_counts_as_zero(attention, rng, causes, replace):
    """A bias on the keys shifts each row of scores by a constant, which softmax does not see."""

    def forward(q, k, v, b):
        return attention.forward(q, k + b, v)

    def backward(dy, cache):
        dq, dk, dv = attention.backward(dy, cache)
        return dq, dk, dv, dk.sum(axis=(0, 1))

    inputs = {**attention.inputs(rng, 2, 3, 5, 4), "b": rng.standard_normal(4)}
    assert causes(check(forward, backward, inputs)) == [("dead_parameter", "b")]
    assert check(forward, backward, inputs, zero=("b",)).ok
    wrong = replace(backward, 3, lambda db: db + 1e-6)
    assert causes(check(forward, wrong, inputs, zero=("b",))) == [("extra_term", "b")]


def relu_forward(x):
    return np.maximum(x, 0), x


def test_kinks_are_left_out_and_noted(rng, causes):
    x = rng.standard_normal((3, 4))
    x[0, 1] = x[2, 2] = 0.0
    for at_zero in (0.0, 0.5, 1.0):
        report = check(relu_forward, lambda dy, x, at_zero=at_zero: dy * np.where(x == 0, at_zero, x > 0), {"x": x})
        assert report.ok and report.max_error < 1e-8
        assert report["x"].kinks == 2 and "2 of 12 entries on a kink" in report["x"].note
        assert causes(report) == [("kink", "x")] and report.findings[0].where == (0, 1)


@pytest.mark.parametrize("gap", [3e-7, 2e-7, 1e-7, 5e-8, 2e-8])
def test_a_right_gradient_next_to_a_kink_is_not_blamed(causes, gap):
    x = np.array([gap, -0.7, 1.3, -gap])
    report = check(relu_forward, lambda dy, x: dy * (x > 0), {"x": x})
    assert report.ok and set(causes(report)) <= {("kink", "x")}
    assert ("wrong_scale", "x") in causes(check(relu_forward, lambda dy, x: 1.00001 * dy * (x > 0), {"x": x}))

    x = np.array([[0.3, 1.1, 1.1 - gap], [1.0, 2.0, -1.0]])
    largest = lambda dy, x: dy[:, None] * (x == x.max(axis=1, keepdims=True))  # noqa: E731
    report = check(lambda x: (x.max(axis=1), x), largest, {"x": x})
    assert report.ok and set(causes(report)) <= {("kink", "x")}
    assert causes(check(lambda x: (x.max(axis=1), x), lambda dy, x: -largest(dy, x), {"x": x}))[0] == ("sign_flip", "x")


def test_a_kink_hides_no_mistake_elsewhere(causes):
    x = np.array([0.0, 1.0, -2.0])
    assert causes(check(relu_forward, lambda dy, x: dy * (x > -3), {"x": x})) == [("mask_missing", "x"), ("kink", "x")]


def test_zero_everywhere_but_on_kinks_is_zero_everywhere(causes):
    report = check(relu_forward, lambda dy, x: dy * (x > 0), {"x": np.array([-1.0, 0.0, -2.0])})
    assert causes(report) == [("kink", "x"), ("dead_parameter", "x")] and not report.ok


def test_nothing_but_kinks_is_no_pass():
    report = check(lambda x: (np.abs(x), x), lambda dy, x: dy * np.sign(x), {"x": np.zeros(4)})
    assert not report.ok and report["x"].error == np.inf
    assert "nothing was checked" in report.findings[0].message


def test_the_error_is_the_formula_of_the_design():
    analytic = np.array([1.0, 2.0, 1e-6, 0.0, np.nan])
    numeric = np.array([1.1, 2.0, 0.0, 0.0, 1.0])
    expected = [0.1 / 1.1, 0.0, 1e-6 / 2e-3, 0.0, np.inf]
    np.testing.assert_allclose(relative_error(analytic, numeric), expected, rtol=1e-9)
