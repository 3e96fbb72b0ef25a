"""LoRA of an embedding is LoRA on one-hot rows, by look-up."""

import numpy as np
import pytest

from minilora.ops import embedding_forward, lora_backward, lora_embedding_backward, lora_embedding_forward, lora_forward

rng = np.random.default_rng(0)
V, C, r, s = 7, 4, 2, 1.4
ids = np.array([[2, 0, 2], [2, 4, 0]])
A, B, dy = (rng.standard_normal(shape) for shape in ((r, V), (C, r), (2, 3, C)))


def test_forward_is_a_look_up_in_the_table_s_B_A_turned():
    np.testing.assert_allclose(lora_embedding_forward(ids, A, B, s)[0], embedding_forward(ids, s * (B @ A).T)[0])


def test_it_is_lora_on_one_hot_rows():
    y, cache = lora_embedding_forward(ids, A, B, s)
    there, lora_cache = lora_forward(np.eye(V)[ids], A, B, s=s)
    np.testing.assert_allclose(y, there)
    for gradient, expected in zip(lora_embedding_backward(dy, cache), lora_backward(dy, lora_cache)[1:], strict=True):
        np.testing.assert_allclose(gradient, expected)


def test_a_repeated_id_collects_every_gradient_and_an_absent_one_gets_none():
    dA, dB = lora_embedding_backward(dy, lora_embedding_forward(ids, A, B, s)[1])
    np.testing.assert_allclose(dA[:, 2], s * (dy[0, 0] + dy[0, 2] + dy[1, 0]) @ B)
    np.testing.assert_allclose(dA[:, 4], s * dy[1, 1] @ B)
    assert not dA[:, [1, 3, 5, 6]].any()
    dE = np.einsum("ntv,ntc->vc", np.eye(V)[ids], dy)
    np.testing.assert_allclose(dB, s * dE.T @ A.T)


def test_with_B_zero_A_gets_nothing_and_B_does():
    y, cache = lora_embedding_forward(ids, A, 0 * B, s)
    dA, dB = lora_embedding_backward(dy, cache)
    assert not y.any() and not dA.any() and np.abs(dB).min() > 0


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "int64"])
def test_any_integer_type_of_ids_and_any_axes(dtype):
    """id times r leaves 8 bits long before the id does."""
    A, B, ids = rng.standard_normal((20, 120)), rng.standard_normal((C, 20)), np.array([119, 3, 119], dtype=dtype)
    y, cache = lora_embedding_forward(ids, A, B)
    assert y.shape == (3, C)
    dA, _ = lora_embedding_backward(np.ones_like(y), cache)
    assert set(np.flatnonzero(dA.any(axis=0))) == {3, 119}
    np.testing.assert_allclose(dA[:, 119], 2 * B.sum(axis=0))


def test_what_is_not_asked_for_is_none():
    _, cache = lora_embedding_forward(ids, A, B, s)
    dA, dB = lora_embedding_backward(dy, cache)
    assert lora_embedding_backward(dy, cache, needs={"A"})[1] is None
    assert lora_embedding_backward(dy, cache, needs={"B"})[0] is None
    np.testing.assert_array_equal(lora_embedding_backward(dy, cache, needs={"A"})[0], dA)
    np.testing.assert_array_equal(lora_embedding_backward(dy, cache, needs={"B"})[1], dB)
