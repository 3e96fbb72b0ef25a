import math

import numpy as np
import pytest

from minilora.nn.parameter import Parameter
from minilora.training import SGD, clip_gradients, gradient_norm


def make_parameters(gradients, dtype="float64"):
    parameters = []
    for i, g in enumerate(gradients):
        parameters.append(Parameter(np.zeros(np.shape(g), dtype), name=f"p{i}"))
        parameters[-1].accumulate(np.array(g, dtype))
    return parameters


@pytest.mark.parametrize("flat", [False, True])
def test_all_gradients_shrink_together_to_the_norm(flat):
    parameters = make_parameters([[3.0, 0.0], [[0.0], [4.0], [12.0]]])  # |g| = 13
    parameters.append(Parameter(np.ones(2), trainable=False))
    given = SGD(parameters, lr=0.1).parameters if flat else parameters
    assert gradient_norm(given) == pytest.approx(13, rel=1e-14)
    assert clip_gradients(given, max_norm=6.5) == pytest.approx(13, rel=1e-14)
    np.testing.assert_allclose(parameters[0].grad, [1.5, 0.0], rtol=1e-14)
    np.testing.assert_allclose(parameters[1].grad, [[0.0], [2.0], [6.0]], rtol=1e-14)
    assert gradient_norm(given) == pytest.approx(6.5, rel=1e-14)


def test_a_short_gradient_is_left_alone():
    parameters = make_parameters([[3.0, 4.0]])
    assert clip_gradients(parameters, max_norm=5.0) == 5.0
    assert clip_gradients(parameters, max_norm=math.inf) == 5.0
    assert np.array_equal(parameters[0].grad, [3.0, 4.0])
    assert clip_gradients([], max_norm=1.0) == 0.0


def test_squares_that_overflow_float32_do_not_hide_the_norm():
    parameters = make_parameters([[3e25, 0.0, 0.0], [4e25]], "float32")
    assert clip_gradients(parameters, max_norm=10.0) == pytest.approx(5e25, rel=1e-6)
    np.testing.assert_allclose(np.concatenate([p.grad for p in parameters]), [6, 0, 0, 8], rtol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_not_finite_is_told_and_left(bad):
    for gradients in ([[1.0, bad], [2.0]], [[2.0], [1.0, bad]]):
        parameters = make_parameters(gradients)
        assert not math.isfinite(clip_gradients(parameters, max_norm=1.0))
        assert sum(p.grad.sum() == 2 for p in parameters) == 1


def test_max_norm_must_be_positive():
    for value in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="max_norm must be > 0"):
            clip_gradients(make_parameters([[1.0]]), max_norm=value)
