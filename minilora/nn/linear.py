"""The linear layer."""

from minilora.nn.adaptable import Adaptable
from minilora.nn.parameter import Parameter
from minilora.nn.quantized import QuantizedParameter
from minilora.ops.linear import linear_backward, linear_forward
from minilora.ops.quantized_linear import quantized_linear_backward, quantized_linear_forward


class Linear(Adaptable):
    """y = x W^T + b, then each active adapter in turn: y = adapter.forward(x, y, layer).

    W: (out, in), or held in few bits (see nn.quantized). b: (out,) or None.
    """

    def __init__(self, W, b=None):
        super().__init__(W)
        self.b = None if b is None else Parameter(b)

    def forward(self, x):
        y, cache = self._map(x)
        active = self.active
        for adapter in active:
            y = adapter.forward(x, y, self)
        self._cache = cache, active
        return y

    def backward(self, dy):
        self.refuse_merged()
        cache, active = self.take_cache()
        if self.b is not None and self.b.trainable:
            _, _, db = self._map_backward(dy, cache, {"b"})     # first: an adapter changes x W^T, never b
            self.b.accumulate(db)
        from_adapters = []
        for adapter in reversed(active):
            dx, dy = adapter.backward(dy)
            from_adapters.append(dx)
        dx, dW, _ = self._map_backward(dy, cache, {"x", "W"} if self.W.trainable else {"x"})
        if dW is not None:
            self.W.accumulate(dW)
        for dx_adapter in from_adapters:
            dx += dx_adapter
        return dx

    def _map(self, x):
        W, b = self.W, self.b and self.b.data
        if isinstance(W, QuantizedParameter):
            return quantized_linear_forward(x, W.codes, W.scales, W.offsets, b, W.levels, W.block)
        y, (x, *rest) = linear_forward(x, W.data, b)
        return y, (x if W.trainable else None, *rest)           # x is for dW alone: a frozen W need not keep it

    def _map_backward(self, dy, cache, needs):
        """The gradients dx, dW, db, those of `needs`."""
        if isinstance(self.W, QuantizedParameter):
            dx, _, _, db = quantized_linear_backward(dy, cache, needs)
            return dx, None, db
        if "W" in needs and cache[0] is None:
            raise RuntimeError(f"{self.W.name or 'W'} was frozen in the forward, so its input was not kept: call forward again")
        return linear_backward(dy, cache, needs)
