"""LoKr's path equals NumPy's Kronecker product, which it never forms."""

import tracemalloc

import numpy as np
import pytest

from minilora.ops import lokr_backward, lokr_forward

rng = np.random.default_rng(0)
a, b, c, d, s, p = 4, 5, 6, 7, 1.4, 0.3
n_in, n_out = c * d, a * b
x, C, D, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (a, c), (b, d), (2, 3, n_out)))
keep = rng.random(x.shape) >= p
masks = pytest.mark.parametrize("mask", [None, keep], ids=["no dropout", "dropout"])


@masks
def test_forward_is_the_matrix_s_C_kron_D(mask):
    seen = x if mask is None else x * mask / (1 - p)
    np.testing.assert_allclose(lokr_forward(x, C, D, mask, s, p)[0], seen @ (s * np.kron(C, D)).T)


@masks
def test_gradients_contract_the_full_gradient_in_blocks(mask):
    scale = 1 if mask is None else mask / (1 - p)
    dx, dC, dD = lokr_backward(dy, lokr_forward(x, C, D, mask, s, p)[1])
    blocks = np.einsum("nto,nti->oi", dy, x * scale).reshape(a, b, c, d)
    np.testing.assert_allclose(dC, s * np.einsum("abcd,bd->ac", blocks, D))
    np.testing.assert_allclose(dD, s * np.einsum("abcd,ac->bd", blocks, C))
    np.testing.assert_allclose(dx, dy @ (s * np.kron(C, D)) * scale)


def test_ranks_multiply():
    low_C = rng.standard_normal((a, 2)) @ rng.standard_normal((2, c))
    low_D = rng.standard_normal((b, 3)) @ rng.standard_normal((3, d))
    assert np.linalg.matrix_rank(lokr_forward(np.eye(n_in), low_C, low_D)[0]) == 6


def test_at_the_start_only_C_learns():
    y, cache = lokr_forward(x, 0 * C, D, None, s)
    dx, dC, dD = lokr_backward(dy, cache)
    assert not y.any() and not dx.any() and not dD.any()
    assert np.abs(dC).min() > 0


@pytest.mark.parametrize("shape", [(n_in,), (3, n_in), (2, 1, 3, n_in), (0, n_in)])
def test_any_leading_axes(shape):
    x = rng.standard_normal(shape)
    y, cache = lokr_forward(x, C, D)
    np.testing.assert_allclose(y, x @ np.kron(C, D).T)
    assert lokr_backward(np.ones_like(y), cache)[0].shape == shape


def test_the_kronecker_product_is_never_formed():
    C, D, x = rng.standard_normal((32, 32)), rng.standard_normal((32, 32)), rng.standard_normal((1, 1024))
    tracemalloc.start()
    lokr_backward(lokr_forward(x, C, D)[0], lokr_forward(x, C, D)[1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1024 * 1024 * 8 / 4


def test_what_is_not_asked_for_is_none():
    _, cache = lokr_forward(x, C, D, keep, s, p)
    dx, dC, dD = lokr_backward(dy, cache, needs={"D"})
    assert dx is dC is None
    np.testing.assert_array_equal(dD, lokr_backward(dy, cache)[2])
