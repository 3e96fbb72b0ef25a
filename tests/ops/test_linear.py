"""The affine map: b may be absent, x may be one vector, and each formula against its sum written out."""

import numpy as np

from minilora.ops import linear_backward, linear_forward

rng = np.random.default_rng(0)
x, W, b, dy = (rng.standard_normal(shape) for shape in ((2, 3, 5), (7, 5), (7,), (2, 3, 7)))


def test_without_b_its_gradient_is_none():
    y, cache = linear_forward(x, W)
    np.testing.assert_allclose(y, linear_forward(x, W, b)[0] - b)
    dx, dW, db = linear_backward(dy, cache)
    assert db is None
    assert linear_backward(dy, cache, needs={"b"}) == (None, None, None)
    whole = linear_backward(dy, linear_forward(x, W, b)[1])
    assert np.array_equal(dx, whole[0]) and np.array_equal(dW, whole[1])


def test_the_sums_written_out():
    y, cache = linear_forward(x, W, b)
    dx, dW, db = linear_backward(dy, cache)
    np.testing.assert_allclose(y, np.einsum("nti,oi->nto", x, W) + b)
    np.testing.assert_allclose(dx, np.einsum("nto,oi->nti", dy, W))
    np.testing.assert_allclose(dW, np.einsum("nto,nti->oi", dy, x))
    np.testing.assert_allclose(db, np.einsum("nto->o", dy))


def test_one_vector_and_four_axes():
    y, cache = linear_forward(x[0, 0], W, b)
    np.testing.assert_allclose(y, W @ x[0, 0] + b)
    dx, dW, db = linear_backward(dy[0, 0], cache)
    np.testing.assert_allclose(dW, np.outer(dy[0, 0], x[0, 0]))
    assert dx.shape == (5,) and np.array_equal(db, dy[0, 0])
    _, cache = linear_forward(x[None], W, b)
    np.testing.assert_allclose(linear_backward(dy[None], cache)[1], np.einsum("nto,nti->oi", dy, x))
