"""Dropout as a layer: it draws the mask that the op takes as an input."""

from minilora import backend
from minilora.nn.layer import Layer
from minilora.ops.dropout import dropout_backward, dropout_forward


def draw_mask(rng, shape, p):
    """Booleans, True with probability 1 - p, drawn on the host and moved."""
    return backend.asarray(rng.random(shape, dtype="float32") >= p)


class Dropout(Layer):
    """Drops with probability p in training mode; passes x on in evaluation mode, or where p = 0."""

    def __init__(self, p, rng):
        self.p = p
        self.rng = rng

    def forward(self, x):
        if not self.training or self.p == 0:
            self._cache = ("passed",)
            return x
        y, cache = dropout_forward(x, draw_mask(self.rng, x.shape, self.p), self.p)
        self._cache = ("dropped", cache)
        return y

    def backward(self, dy):
        how, *cache = self.take_cache()
        if how == "passed":
            return dy
        (dx,) = dropout_backward(dy, *cache)
        return dx
