"""The complex step is exact to rounding for analytic functions, refuses real numbers, and it is known where it is wrong."""

import numpy as np
import pytest

from minilora.gradcheck import numeric_gradient
from minilora.gradcheck.complex_step import complex_slope, complex_step, polynomial_slope
from minilora.ops import registry

ROUNDING = 8 * 2.0**-52

ANALYTIC = {
    "exp": (np.exp, np.exp),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "cube": (lambda x: x * x * x, lambda x: 3 * x * x),
    "root of a square": (lambda x: np.sqrt(x * x), np.sign),
    "of large size": (lambda x: 1e6 + np.sin(x), np.cos),
}


@pytest.mark.parametrize("case", ANALYTIC)
def test_exact_to_rounding(case, rng):
    f, derivative = ANALYTIC[case]
    x, dy = rng.standard_normal((2, 3, 4))
    slope = complex_step(f, x, dy)
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, dy * derivative(x), rtol=4 * ROUNDING)


def test_a_scalar_function_and_a_slope_of_one_entry(rng):
    x = rng.standard_normal(5)
    np.testing.assert_allclose(complex_step(lambda z: z @ z, x), 2 * x, rtol=ROUNDING)
    assert complex_slope(np.array([1 + 2e-8j, 3 - 1e-8j]), np.array([1.0, 4.0]), 1e-8) == pytest.approx(-2)


@pytest.mark.parametrize("name", ["softmax", "layernorm_steps", "attention", "gelu_tanh", "rmsnorm", "lora"])
def test_the_gradients_of_ops(name, rng):
    op = registry[name]
    inputs = op.make_inputs(rng)
    y, cache = op.forward(**inputs, **op.constants)
    dy = rng.standard_normal(y.shape)
    first = next(iter(inputs))
    slope = complex_step(lambda z: op.forward(**{**inputs, first: z}, **op.constants)[0], inputs[first], dy)
    gradient = op.backward(dy, cache)[0]
    np.testing.assert_allclose(slope, gradient, atol=1e-13 * np.abs(gradient).max())


def test_a_polynomial_at_every_entry():
    x = np.array([[0.5, -1.25, 2.0], [0.0, 3.0, -0.1]])
    np.testing.assert_allclose(polynomial_slope(np.array([2.0, -1.0, 0.0, 3.0]), x), -1 + 9 * x * x, rtol=ROUNDING, atol=1e-15)


@pytest.mark.parametrize("f", [np.abs, np.linalg.norm, lambda z: z.real * z.real])
def test_a_function_that_answers_in_real_numbers_is_refused(f):
    with pytest.raises(TypeError, match="f returned float64 for a complex input"):
        complex_step(f, np.array([1.0, -2.0]))


def test_a_cast_to_real_numbers_is_refused():
    def f(z):
        y = np.empty(z.shape)
        y[...] = z
        return y

    with pytest.raises(TypeError, match="f casts its complex input"):
        complex_step(f, np.array([1.0, -2.0]))


SILENT = {  # wrong without an error: f, x, what comes
    "conjugate": (lambda z: (np.conj(z) * z).sum(), [1.0, 2.0], [0.0, 0.0]),
    "sign": (lambda z: (np.sign(z) * z).sum(), [1.0, -2.0], [2.0, -2.0]),
    "log of a negative number's modulus": (lambda z: (np.log(z * np.conj(z)) / 2).sum(), [2.0], [0.0]),
}


@pytest.mark.parametrize("case", SILENT)
def test_where_it_is_wrong_a_central_difference_is_not(case):
    f, x, wrong = SILENT[case]
    x = np.array(x)
    np.testing.assert_allclose(complex_step(f, x), wrong, atol=1e-12)
    assert not np.allclose(numeric_gradient(lambda x: float(np.real(f(x))), x), wrong)


def test_numpy_orders_complex_numbers_by_their_real_part_first():
    """So a maximum and a comparison give the slope of the branch that was taken; at a tie, one side's."""
    x = np.array([1.5, -2.0])
    for f in (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, z, 0)):
        assert complex_step(f, x).tolist() == [1.0, 0.0]
        assert complex_step(f, np.zeros(1)).tolist() == [1.0]
