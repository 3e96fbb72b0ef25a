"""Layer norm and RMS norm: what they normalise, and the fused pair against the steps."""

import numpy as np
import pytest

from minilora.ops import (
    layernorm_backward,
    layernorm_forward,
    layernorm_steps_backward,
    layernorm_steps_forward,
    rmsnorm_backward,
    rmsnorm_forward,
)

rng = np.random.default_rng(0)
x, gamma, beta, dy = (rng.standard_normal(shape) for shape in ((2, 3, 7), (7,), (7,), (2, 3, 7)))


@pytest.mark.parametrize("shift", [0, 1e4])
@pytest.mark.parametrize("eps", [1e-5, 1e-12, 0.5])
def test_fused_equals_steps(eps, shift):
    y, cache = layernorm_forward(x + shift, gamma, beta, eps)
    y_steps, cache_steps = layernorm_steps_forward(x + shift, gamma, beta, eps)
    np.testing.assert_allclose(y, y_steps, rtol=1e-12)
    for fused, steps in zip(layernorm_backward(dy, cache), layernorm_steps_backward(dy, cache_steps), strict=True):
        np.testing.assert_allclose(fused, steps, rtol=1e-9, atol=1e-13)


def test_layernorm_gives_mean_0_and_variance_1_before_gamma_and_beta():
    y, _ = layernorm_forward(3 * x + 100, np.ones(7), np.zeros(7), eps=1e-12)
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=-1), 1, rtol=1e-9)
    xhat, _ = layernorm_forward(x, np.ones(7), np.zeros(7))
    np.testing.assert_allclose(layernorm_forward(x, gamma, beta)[0], xhat * gamma + beta)


def test_layernorm_gradient_is_orthogonal_to_shift_and_scale():
    """y does not change when x is shifted or, without eps, scaled: dx has no part along 1 and x."""
    _, cache = layernorm_forward(x, gamma, beta, eps=0)
    dx, _, _ = layernorm_backward(dy, cache)
    np.testing.assert_allclose(dx.sum(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(axis=-1), 0, atol=1e-12)


def test_a_constant_row_is_beta_and_finite():
    _, cache = layernorm_forward(np.full((1, 7), 3.0), gamma, beta)
    assert all(np.isfinite(g).all() for g in layernorm_backward(dy[:1, 0], cache))
    np.testing.assert_allclose(layernorm_forward(np.full((1, 7), 3.0), gamma, beta)[0][0], beta)


def test_rmsnorm_gives_mean_square_1_and_has_no_shift():
    y, _ = rmsnorm_forward(5 * x, np.ones(7), eps=1e-12)
    np.testing.assert_allclose((y * y).mean(axis=-1), 1, rtol=1e-9)
    _, cache = rmsnorm_forward(x, gamma, eps=0)
    np.testing.assert_allclose((rmsnorm_backward(dy, cache)[0] * x).sum(axis=-1), 0, atol=1e-12)


def test_rmsnorm_of_centred_rows_is_layernorm():
    centred = x - x.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(rmsnorm_forward(centred, gamma)[0], layernorm_forward(centred, gamma, np.zeros(7))[0])


def test_a_row_of_zeros_has_a_finite_rmsnorm():
    y, cache = rmsnorm_forward(np.zeros((1, 7)), gamma)
    assert not y.any() and all(np.isfinite(g).all() for g in rmsnorm_backward(dy[:1, 0], cache))


def test_one_vector():
    pairs = (layernorm_forward, layernorm_backward, (gamma, beta)), (rmsnorm_forward, rmsnorm_backward, (gamma,))
    for forward, backward, arrays in pairs:
        y, cache = forward(x[0, 0], *arrays)
        np.testing.assert_allclose(y, forward(x, *arrays)[0][0, 0])
        assert [g.shape for g in backward(dy[0, 0], cache)] == [(7,)] * (1 + len(arrays))
