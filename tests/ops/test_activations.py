"""ReLU, GELU, SiLU, SwiGLU: values in closed form, their limits, the kink."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from minilora.ops import (
    gelu_erf_backward,
    gelu_erf_forward,
    gelu_tanh_backward,
    gelu_tanh_forward,
    relu_backward,
    relu_forward,
    silu_backward,
    silu_forward,
    swiglu_backward,
    swiglu_forward,
)

x = np.linspace(-6, 6, 41)


def slope(forward, backward, x):
    _, cache = forward(x)
    return backward(np.ones_like(x), cache)[0]


def test_gelu_erf_is_x_times_the_normal_distribution():
    Phi, phi = norm.cdf(x), norm.pdf(x)
    np.testing.assert_allclose(gelu_erf_forward(x)[0], x * Phi, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(slope(gelu_erf_forward, gelu_erf_backward, x), Phi + x * phi, rtol=1e-9, atol=1e-15)


def test_gelu_tanh_by_the_formula_of_the_paper():
    def y(x):
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    np.testing.assert_allclose(gelu_tanh_forward(x)[0], [y(value) for value in x], rtol=1e-9, atol=1e-15)


def test_gelu_tanh_is_near_gelu_erf_but_not_it():
    difference = np.abs(gelu_tanh_forward(x)[0] - gelu_erf_forward(x)[0]).max()
    assert 1e-4 < difference < 1e-3


SMOOTH = {
    "gelu_erf": (gelu_erf_forward, gelu_erf_backward),
    "gelu_tanh": (gelu_tanh_forward, gelu_tanh_backward),
    "silu": (silu_forward, silu_backward),
}


@pytest.mark.parametrize("pair", SMOOTH.values(), ids=SMOOTH)
def test_at_zero_and_far_out(pair):
    forward, backward = pair
    far = np.array([-200.0, -50.0, 0.0, 50.0, 200.0])
    np.testing.assert_allclose(slope(forward, backward, far), [0, 0, 0.5, 1, 1], atol=1e-15)
    np.testing.assert_allclose(forward(np.array([-200.0, 0.0, 200.0]))[0], [0, 0, 200], atol=1e-15)


def test_silu_is_x_times_the_logistic_function():
    sigma = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(silu_forward(x)[0], x * sigma, rtol=1e-12)
    np.testing.assert_allclose(slope(silu_forward, silu_backward, x), sigma + x * sigma * (1 - sigma), rtol=1e-10, atol=1e-15)


def test_relu_and_its_kink():
    x = np.array([-2.0, -1e-300, 0.0, 1e-300, 3.0])
    assert np.array_equal(relu_forward(x)[0], [0, 0, 0, 1e-300, 3])
    assert np.array_equal(slope(relu_forward, relu_backward, x), [0, 0, 0, 1, 1])


def test_swiglu_is_silu_of_the_gate_times_up():
    rng = np.random.default_rng(0)
    gate, up, dy = rng.standard_normal((3, 2, 5))
    y, cache = swiglu_forward(gate, up)
    np.testing.assert_allclose(y, silu_forward(gate)[0] * up)
    dgate, dup = swiglu_backward(dy, cache)
    np.testing.assert_allclose(dup, dy * silu_forward(gate)[0])
    np.testing.assert_allclose(dgate, dy * up * slope(silu_forward, silu_backward, gate))
