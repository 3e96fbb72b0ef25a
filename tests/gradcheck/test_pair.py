"""Right pairs pass, whatever their shape, their size and the form of what they return; what cannot be checked is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.gradcheck import assert_gradients, check, check_function


def double_forward(x):
    return 2 * x, None


def test_right_pairs_pass_with_room_to_spare(layernorm, attention, rng):
    for pair, shape in ((layernorm, (3, 4, 5)), (attention, (2, 3, 5, 4))):
        report = check(pair.forward, pair.backward, pair.inputs(rng, *shape))
        assert report.ok and not report.findings
        assert report.max_error < 1e-8
        assert report.max_error == max(report[name].error for name in report.inputs)


def test_no_false_alarm_over_random_shapes(layernorm, attention):
    for seed in range(36):
        rng = np.random.default_rng(seed)
        shape = rng.integers(1, 6, size=4)
        for pair, sizes in ((layernorm, shape[: seed % 3 + 1]), (attention, shape)):
            report = check(pair.forward, pair.backward, pair.inputs(rng, *sizes), rng=seed)
            assert report.ok and not report.findings, f"{sizes}\n{report}"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(-3, 3))
def test_no_false_alarm_over_magnitudes(seed, exponent):
    x = 10**exponent * np.random.default_rng(seed).standard_normal((2, 3))
    unit = 10**exponent
    report = check(lambda x: (np.tanh(x / unit), x), lambda dy, x: dy / np.cosh(x / unit) ** 2 / unit, {"x": x})
    assert report.ok, str(report)


def test_float32_inputs_are_lifted(layernorm, rng):
    inputs = {name: a.astype(np.float32) for name, a in layernorm.inputs(rng, 3, 5).items()}
    report = check(layernorm.forward, layernorm.backward, inputs)
    assert report.ok and report.max_error < 1e-8
    assert report["x"].analytic.dtype == np.float64


def test_scalar_output_gets_a_0d_cotangent():
    seen = []

    def backward(dy, x):
        seen.append(dy.shape)
        return 2 * x * dy

    for value in (np.float64, float, np.asarray):
        assert check(lambda x, value=value: (value((x * x).sum()), x), backward, {"x": np.array([1.0, -2.0, 3.0])}).ok
    assert set(seen) == {()}


def test_integer_and_boolean_inputs_have_no_place(rng):
    def forward(ids, W, keep):
        return W[ids] * keep, (ids, W, keep)

    def backward(dy, cache):
        ids, W, keep = cache
        dW = np.zeros_like(W)
        np.add.at(dW, ids, dy * keep)
        return dW

    inputs = {"ids": np.array([0, 2, 2]), "W": rng.standard_normal((3, 2)), "keep": np.array([[True], [False], [True]])}
    report = check(forward, backward, inputs)
    assert report.ok and list(report.inputs) == ["W"]
    overwritten = check(forward, lambda dy, cache: np.where(backward(dy, cache) != 0, dy[-1], 0), inputs)
    assert not overwritten.ok


@pytest.mark.parametrize("with_place", [True, False])
@pytest.mark.parametrize("b", [None, np.array([1.0, 2.0])])
def test_an_absent_input_may_have_a_place(rng, with_place, b):
    def forward(x, W, b=None):
        return x @ W.T + (0 if b is None else b), (x, W, b)

    def backward(dy, cache):
        x, W, b = cache
        gradients = (dy @ W, dy.T @ x)
        if b is None:
            return (*gradients, None) if with_place else gradients
        return *gradients, dy.sum(axis=0)

    report = check(forward, backward, {"x": rng.standard_normal((4, 3)), "W": rng.standard_normal((2, 3)), "b": b})
    assert report.ok and list(report.inputs) == ["x", "W"] + ["b"] * (b is not None)


@pytest.mark.parametrize("key", ["{}", "d{}"])
def test_gradients_in_a_dict(layernorm, rng, key):
    def backward(dy, cache):
        return {key.format(name): g for name, g in zip(("x", "gamma", "beta"), layernorm.backward(dy, cache), strict=True)}

    assert check(layernorm.forward, backward, layernorm.inputs(rng, 3, 5)).ok


def test_constants_and_a_cache_that_is_consumed(layernorm, rng):
    def backward(dy, cache):
        parts = [cache.pop() for _ in range(3)][::-1]
        return layernorm.backward(dy, parts)

    def forward(x, gamma, beta, eps):
        y, cache = layernorm.forward(x, gamma, beta, eps)
        return y, list(cache)

    inputs = layernorm.inputs(rng, 3, 5)
    assert check(forward, backward, inputs, constants={"eps": 0.5}).ok
    assert not check(forward, lambda dy, cache: [1.01 * g for g in backward(dy, cache)], inputs, {"eps": 0.5}).ok


def test_an_output_buffer_that_is_used_again(rng):
    buffer = np.empty((3, 2))

    def forward(x):
        np.multiply(x, x, out=buffer)
        return buffer, x

    assert check(forward, lambda dy, x: 2 * x * dy, {"x": rng.standard_normal((3, 2))}).ok


def test_inputs_are_left_as_they_were(layernorm, rng):
    inputs = layernorm.inputs(rng, 3, 5)
    before = {name: a.copy() for name, a in inputs.items()}
    check(layernorm.forward, layernorm.backward, inputs)
    assert all(np.array_equal(inputs[name], before[name]) for name in inputs)


def test_the_same_seed_gives_the_same_report(layernorm, rng):
    inputs = layernorm.inputs(rng, 3, 5)
    one, other, third = (check(layernorm.forward, layernorm.backward, inputs, rng=seed) for seed in (7, 7, 8))
    assert np.array_equal(one["x"].analytic, other["x"].analytic)
    assert not np.array_equal(one["x"].analytic, third["x"].analytic)


def test_bad_inputs_are_refused_in_one_line(rng):
    right = lambda dy, x: dy  # noqa: E731
    with pytest.raises(TypeError, match=r"inputs\['x'\] must be an array, got float; write np.array\(...\)"):
        check(double_forward, right, {"x": 1.0})
    with pytest.raises(TypeError, match=r"inputs\['x'\] has dtype complex128"):
        check(double_forward, right, {"x": np.ones(2) * 1j})
    with pytest.raises(ValueError, match=r"inputs\['x'\] is not finite everywhere"):
        check(double_forward, right, {"x": np.array([1.0, -np.inf])})
    with pytest.raises(ValueError, match="inputs must hold a floating array, got x; there is nothing to check"):
        check(double_forward, right, {"x": np.arange(3)})
    x = {"x": np.ones(2)}
    with pytest.raises(TypeError, match=r"forward must return a tuple \(y, cache\), got a ndarray"):
        check(lambda x: x, right, x)
    with pytest.raises(TypeError, match=r"forward must return a tuple \(y, cache\), got a tuple of 3"):
        check(lambda x: (x, x, x), right, x)
    with pytest.raises(TypeError, match="forward returned a NoneType as y, expected a floating array"):
        check(lambda x: (None, x), right, x)
    with pytest.raises(TypeError, match="several outputs are not supported"):
        check(lambda x: ((x, x), None), right, x)
    with pytest.raises(TypeError, match="y with dtype int64, expected a floating array"):
        check(lambda x: (np.arange(2), None), right, x)


@pytest.mark.parametrize("rtol", [0, 0.0, -1e-6, np.nan])
def test_a_tolerance_that_is_none_is_refused(rtol):
    with pytest.raises(ValueError, match="rtol must be > 0") as caught:
        check(double_forward, lambda dy, _: 2 * dy, {"x": np.ones(2)}, rtol=rtol)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="rtol must be > 0"):
        check_function(np.sum, np.ones_like, np.ones(2), rtol=rtol)


def test_exceptions_of_the_student_come_through():
    def backward(dy, cache):
        return dy @ np.ones((7, 7))

    with pytest.raises(ValueError, match="matmul"):
        check(double_forward, backward, {"x": np.ones((2, 3))})


def test_assert_gradients(layernorm, rng, replace):
    assert assert_gradients(layernorm.forward, layernorm.backward, layernorm.inputs(rng, 3, 5)).ok
    with pytest.raises(AssertionError, match=r"(?s)gradients FAIL for x.*dx\[.*got"):
        assert_gradients(layernorm.forward, replace(layernorm.backward, 0, lambda dx: -dx), layernorm.inputs(rng, 3, 5))


def test_check_function(rng):
    A = rng.standard_normal((4, 4))
    x = rng.standard_normal(4)
    report = check_function(lambda x: x @ A @ x, lambda x: (A + A.T) @ x, x)
    assert report.ok and report.max_error < 1e-9
    wrong = check_function(lambda x: x @ A @ x, lambda x: 2 * A @ x, x)
    assert not wrong.ok
    np.testing.assert_allclose(wrong["x"].numeric, (A + A.T) @ x, rtol=1e-8)  # the function's own, no cotangent in it
    assert check_function(lambda x: x**2, lambda x: 2 * x, 3.0).ok
    with pytest.raises(ValueError, match=r"f must return one number, got shape \(4,\)"):
        check_function(lambda x: x, lambda x: x, x)
