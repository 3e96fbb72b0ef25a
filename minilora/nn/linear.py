"""The linear layer."""

from minilora.nn.adaptable import Adaptable
from minilora.nn.parameter import Parameter
from minilora.ops.linear import linear_backward, linear_forward


class Linear(Adaptable):
    """y = x W^T + b, then each active adapter in turn: y = adapter.forward(x, y, layer).

    W: (out, in). b: (out,) or None.
    """

    def __init__(self, W, b=None):
        super().__init__(W)
        self.b = None if b is None else Parameter(b)

    def forward(self, x):
        y, cache = linear_forward(x, self.W.data, self.b and self.b.data)
        active = self.active
        for adapter in active:
            y = adapter.forward(x, y, self)
        self._cache = cache, active
        return y

    def backward(self, dy):
        self.refuse_merged()
        cache, active = self.take_cache()
        if self.b is not None and self.b.trainable:
            _, _, db = linear_backward(dy, cache, {"b"})    # first: an adapter changes x W^T, never b
            self.b.accumulate(db)
        from_adapters = []
        for adapter in reversed(active):
            dx, dy = adapter.backward(dy)
            from_adapters.append(dx)
        dx, dW, _ = linear_backward(dy, cache, {"x", "W"} if self.W.trainable else {"x"})
        if dW is not None:
            self.W.accumulate(dW)
        for dx_adapter in from_adapters:
            dx += dx_adapter
        return dx
