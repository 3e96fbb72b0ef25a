"""A parameter: its storage stays, its gradient adds up, freezing takes the gradient away."""

import numpy as np
import pytest

from minilora.nn import Parameter


def test_assigning_data_copies_into_the_storage():
    storage, value = np.zeros((2, 3), dtype="float32"), np.arange(6.0).reshape(2, 3)
    p = Parameter(storage)
    p.data = value
    assert p.data is storage and storage.dtype == "float32" and np.array_equal(storage, value)
    value[0, 0] = 99
    assert storage[0, 0] == 0
    p.data += 1
    assert p.data is storage and storage[1, 2] == 6


def test_data_of_another_shape_is_refused():
    p = Parameter(np.zeros((2, 3)), name="embed.W")
    for shape in ((3, 2), (3,), (1, 3), ()):
        with pytest.raises(ValueError, match=r"^embed\.W\.data has shape \(2, 3\), got "):
            p.data = np.ones(shape)
    assert not p.data.any()


def test_gradients_add_up_until_zero_grad():
    p = Parameter(np.ones(3))
    kept = p.grad
    p.accumulate(np.array([1.0, 2, 3]))
    p.accumulate(np.array([1.0, 2, 3]))
    assert np.array_equal(p.grad, [2, 4, 6])
    p.zero_grad()
    assert p.grad is kept and not p.grad.any()


def test_frozen_has_no_gradient_and_takes_none():
    p = Parameter(np.ones(3))
    p.accumulate(np.ones(3))
    p.trainable = False
    p.accumulate(np.ones(3))
    p.zero_grad()
    assert p.grad is None and p.trainable is False
    p.trainable = True
    assert np.array_equal(p.grad, np.zeros(3))
    p.trainable = True
    p.accumulate(np.ones(3))
    p.trainable = 1
    assert np.array_equal(p.grad, np.ones(3)), "saying it again forgets nothing"
    assert Parameter(np.ones(3), trainable=False).grad is None


def test_decay_is_for_matrices():
    assert Parameter(np.ones((2, 3))).decay and not Parameter(np.ones(3)).decay
    assert Parameter(np.ones(3), decay=True).decay


def test_move_into_other_storage_keeps_values():
    p = Parameter(np.arange(3.0))
    p.accumulate(np.ones(3))
    flat, flat_grad = np.zeros(5), np.zeros(5)
    p.move_into(flat[1:4], flat_grad[1:4])
    p.data = np.array([7.0, 8, 9])
    p.accumulate(np.ones(3))
    assert np.array_equal(flat, [0, 7, 8, 9, 0]) and np.array_equal(flat_grad, [0, 2, 2, 2, 0])


def test_repr_names_it():
    assert repr(Parameter(np.ones((2, 3)), False, "head.W")) == "Parameter('head.W', shape (2, 3), float64, frozen)"


def test_an_adopted_array_is_the_storage():
    p = Parameter(np.zeros((2, 3)), name="W")
    a = np.arange(6.0).reshape(2, 3)
    p.adopt(a)
    assert p.data is a
    for wrong in (np.zeros((3, 2)), np.zeros((2, 3), dtype="float32")):
        with pytest.raises(ValueError, match=r"^W has float64 of shape \(2, 3\), got float"):
            p.adopt(wrong)
    assert p.data is a
