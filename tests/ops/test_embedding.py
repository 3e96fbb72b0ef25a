"""Embedding: repeated ids collect, in whatever integers the ids come."""

import numpy as np
import pytest

from minilora.ops import embedding_backward, embedding_forward

rng = np.random.default_rng(0)


def test_a_repeated_id_collects_every_gradient():
    ids, W = np.array([[2, 0, 2], [2, 4, 0]]), rng.standard_normal((5, 3))
    y, cache = embedding_forward(ids, W)
    assert np.array_equal(y, W[ids])
    dy = rng.standard_normal(y.shape)
    (dW,) = embedding_backward(dy, cache)
    np.testing.assert_allclose(dW[2], dy[0, 0] + dy[0, 2] + dy[1, 0])
    np.testing.assert_allclose(dW[0], dy[0, 1] + dy[1, 2])
    np.testing.assert_allclose(dW[4], dy[1, 1])
    assert not dW[[1, 3]].any()
    np.testing.assert_allclose(dW, np.einsum("ntv,ntc->vc", np.eye(5)[ids], dy))


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64"])
def test_any_integer_type_of_ids(dtype):
    """id times C leaves 8 or 16 bits long before the id does."""
    V, C = 120, 600
    ids = np.array([[119, 3, 119], [0, 64, 7]], dtype=dtype)
    y, cache = embedding_forward(ids, rng.standard_normal((V, C)))
    dy = rng.standard_normal(y.shape)
    (dW,) = embedding_backward(dy, cache)
    assert set(np.flatnonzero(dW.any(axis=1))) == {0, 3, 7, 64, 119}
    np.testing.assert_allclose(dW[119], dy[0, 0] + dy[0, 2])


def test_ids_of_one_axis_and_of_three():
    W = rng.standard_normal((5, 3))
    for shape in ((4,), (2, 3, 2)):
        ids = rng.integers(0, 5, shape)
        y, cache = embedding_forward(ids, W)
        assert y.shape == (*shape, 3)
        (dW,) = embedding_backward(np.ones_like(y), cache)
        np.testing.assert_allclose(dW[:, 0], np.bincount(ids.reshape(-1), minlength=5))
