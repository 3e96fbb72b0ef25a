"""Gradients of the wrong form: shape, dtype, number, not finite, missing."""

import numpy as np
import pytest

from minilora.gradcheck import Cause, check, check_function


def test_wrong_shape(layernorm, rng, causes, replace):
    report = check(layernorm.forward, replace(layernorm.backward, 1, lambda g: g[None]), layernorm.inputs(rng, 3, 5))
    assert causes(report) == [("wrong_shape", "gamma")]
    assert report["gamma"].error == report.max_error == np.inf and report["x"].ok
    assert report["gamma"].numeric.shape == (5,)
    assert "dgamma has shape (1, 5), expected (5,)" in str(report)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64])
def test_wrong_dtype(layernorm, rng, dtype, replace):
    report = check(layernorm.forward, replace(layernorm.backward, 2, lambda g: g.astype(dtype)), layernorm.inputs(rng, 3, 5))
    assert not report.ok and report.findings[0].cause is Cause.WRONG_DTYPE and report.findings[0].input == "beta"


def test_a_correct_float32_gradient_is_still_a_finding(causes):
    """Powers of two are exact in float32, so only the dtype tells."""
    report = check(lambda x: (x.sum(), x.shape), lambda dy, shape: np.full(shape, dy), {"x": np.ones(3)})
    assert report.ok
    report = check_function(np.sum, lambda x: np.ones_like(x, dtype=np.float32), np.ones(3))
    assert causes(report) == [("wrong_dtype", "x")] and report.max_error < 1e-6 and not report.ok


def test_not_finite(layernorm, rng, causes, replace):
    def poison(g):
        g = g.copy()
        g[2] = np.nan
        return g

    report = check(layernorm.forward, replace(layernorm.backward, 1, poison), layernorm.inputs(rng, 3, 5))
    assert causes(report) == [("not_finite", "gamma")] and report.findings[0].where == (2,)
    assert report.max_error == np.inf
    report = check(lambda x: (np.log(x), x), lambda dy, x: dy / x, {"x": np.array([1.0, 0.0, 2.0])})
    assert causes(report)[0] == ("not_finite", "y") and report["x"].numeric is None and not report.ok
    report = check(lambda x: (np.sqrt(x), x), lambda dy, x: dy / 2 / np.maximum(x, 1e-9) ** 0.5, {"x": np.array([1.0, 0.0, 2.0])})
    assert causes(report) == [("not_finite", "x")] and report.findings[0].where == (1,) and not report.ok


def test_a_missing_gradient_says_so(layernorm, rng, causes, replace):
    report = check(layernorm.forward, replace(layernorm.backward, 1, lambda g: None), layernorm.inputs(rng, 3, 5))
    assert causes(report) == [("missing_gradient", "gamma")] and not report.ok
    assert "dgamma is None" in report.findings[0].message


def test_a_dict_that_lacks_an_input_or_has_one_too_many(layernorm, rng, causes):
    def backward(dy, cache, extra=()):
        dx, dgamma, dbeta = layernorm.backward(dy, cache)
        return {"dx": dx, "beta": dbeta, **dict(extra)}

    inputs = layernorm.inputs(rng, 3, 5)
    assert causes(check(layernorm.forward, backward, inputs)) == [("missing_gradient", "gamma")]
    report = check(layernorm.forward, lambda dy, cache: backward(dy, cache, {"dgama": dy}), inputs)
    assert causes(report) == [("wrong_count", "dgama"), ("missing_gradient", "gamma")] and not report.ok


def test_a_missing_gradient_beside_an_absent_input(causes):
    report = check(lambda mask, x: (2 * x, None), lambda dy, _: (None,), {"mask": None, "x": np.ones(3)})
    assert causes(report) == [("missing_gradient", "x")]


def test_a_wrong_number_of_gradients(layernorm, rng, causes):
    report = check(layernorm.forward, lambda dy, cache: layernorm.backward(dy, cache)[:2], layernorm.inputs(rng, 3, 5))
    assert causes(report) == [("wrong_count", "x")] and not report.ok
    assert "2 gradients, expected 3: dx, dgamma, dbeta" in report.findings[0].message
