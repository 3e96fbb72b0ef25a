"""The linear layer, and the place where adapters hang."""

from minilora.nn.layer import Layer
from minilora.nn.parameter import Parameter
from minilora.ops.linear import linear_backward, linear_forward


class Linear(Layer):
    """y = x W^T + b, then each enabled adapter in turn: y = adapter.forward(x, y, layer).

    W: (out, in). b: (out,) or None. `adapters` maps a name to an adapter, which owns its own parameters. An adapter that is
    merged into W is not computed again; `unmerged_W` then keeps the Parameter that W was before.
    """

    def __init__(self, W, b=None):
        self.W = Parameter(W)
        self.b = None if b is None else Parameter(b)
        self.adapters = {}
        self.unmerged_W = None

    def children(self):
        yield from ((name, p) for name, p in (("W", self.W), ("b", self.b)) if p is not None)
        for name, adapter in self.adapters.items():
            yield f"{adapter.kind}.{name}", adapter

    def forward(self, x):
        y, cache = linear_forward(x, self.W.data, self.b and self.b.data)
        active = [adapter for adapter in self.adapters.values() if adapter.enabled and not adapter.merged]
        for adapter in active:
            y = adapter.forward(x, y, self)
        self._cache = cache, active
        return y

    def backward(self, dy):
        for name, adapter in self.adapters.items():
            if adapter.merged:
                raise RuntimeError(f"adapter {name!r} is merged into {self.W.name}: call unmerge(model) before backward")
        cache, active = self.take_cache()
        from_adapters = []
        for adapter in reversed(active):
            dx, dy = adapter.backward(dy)
            from_adapters.append(dx)
        needs = {"x"} | {name for name, p in (("W", self.W), ("b", self.b)) if p is not None and p.trainable}
        dx, dW, db = linear_backward(dy, cache, needs)
        if dW is not None:
            self.W.accumulate(dW)
        if db is not None:
            self.b.accumulate(db)
        for dx_adapter in from_adapters:
            dx += dx_adapter
        return dx
