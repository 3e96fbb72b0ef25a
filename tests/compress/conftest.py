"""A regression with one matrix: small enough that pruning can be followed by hand."""

import pytest

from minilora import backend
from minilora.nn import Layer, Linear
from minilora.ops.mse import mse_backward, mse_forward


class OneMatrix(Layer):
    """loss = mean (W x - y)^2; the layer is called "map"."""

    def __init__(self, W):
        self.map = Linear(W)
        self.name_parameters()

    def loss(self, x, y):
        L, self._cache = mse_forward(self.map.forward(x), y)
        return backend.item(L)

    def backward(self):
        self.map.backward(mse_backward(1.0, self.take_cache())[0])


@pytest.fixture
def Regression():
    return OneMatrix
