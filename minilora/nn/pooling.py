"""Pooling as a layer: the vector of a sequence that a classifier reads."""

from minilora import backend
from minilora.nn.layer import Layer
from minilora.ops.pool import mean_pool_backward, mean_pool_forward, pick_backward, pick_forward


class Pooling(Layer):
    """(N, T, C) -> (N, C): the first position ("cls"), the last real one ("last"), or the mean over the real ones ("mean")."""

    def __init__(self, kind):
        self.kind = kind

    def forward(self, x, mask=None):
        N, T, _ = x.shape
        xp = backend.get_array_module(x)
        if mask is None:
            mask = xp.ones((N, T), dtype=bool)
        elif not backend.item(mask.any(axis=1).all()):
            empty = backend.item(mask.any(axis=1).argmin())
            raise ValueError(f"mask hides every token of sequence {empty}: a classifier needs one to read")
        if self.kind == "mean":
            y, self._cache = mean_pool_forward(x, mask)
        else:
            last = (mask * xp.arange(T)).argmax(axis=1)  # the highest position whose mask is True
            y, self._cache = pick_forward(x, last if self.kind == "last" else xp.zeros(N, dtype=int))
        return y

    def backward(self, dy):
        back = mean_pool_backward if self.kind == "mean" else pick_backward
        (dx,) = back(dy, self.take_cache())
        return dx
