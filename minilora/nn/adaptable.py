"""What the layers share in which adapters hang."""

from minilora.nn.layer import Layer
from minilora.nn.parameter import Parameter
from minilora.nn.quantized import QuantizedParameter


class ChangedParameter(Parameter):
    """A W that adapters have put something into. It follows from the original, so `trainable` cannot be set True.

    What such a W learned would be lost as soon as an adapter is merged, switched or taken out.
    """

    @property
    def trainable(self):
        return False

    @trainable.setter
    def trainable(self, value):
        self._trainable = False
        if value:
            changed = f"adapters have put something into {self.name or 'W'}, and what it learned would be lost with that"
            raise ValueError(f"{changed}: unmerge, disable or remove them first, or inject LoRA, which leaves W alone")


class Adaptable(Layer):
    """A layer with a matrix W, and `adapters`: a name for each, which owns its own parameters.

    An adapter that is merged is not computed again: its change stands in W. Some methods also take their start out of W, so
    that nothing changes when training begins. `original_W` is the Parameter from before either; None while W is that one.
    """

    def __init__(self, W):
        self.W = Parameter(W)
        self.adapters = {}
        self.original_W = None

    def children(self):
        yield from ((name, p) for name, p in vars(self).items() if isinstance(p, Parameter) and name != "original_W")
        for name, adapter in self.adapters.items():
            yield f"{adapter.kind}.{name}", adapter

    @property
    def original(self):
        """The Parameter W without anything that adapters put into it."""
        return self.original_W or self.W

    @property
    def active(self):
        """The adapters to compute, in the order in which they came."""
        return [adapter for adapter in self.adapters.values() if adapter.enabled and not adapter.merged]

    def settle(self):
        """Make W the original plus what the adapters put into it, or the original itself, bit for bit, if they put nothing.

        A forward before is forgotten then: backward would be of another W.
        """
        original = self.original
        before = W = original.data  # read once: one held in 4 bits is dequantised at each access
        for adapter in self.adapters.values():
            part = adapter.in_W(before)
            if part is not None:
                W = W + part
        if W is before and self.original_W is None:
            return
        self.drop_cache()
        self.W, self.original_W = original, None
        if W is not before:
            self.W, self.original_W = ChangedParameter(W, False, original.name, original.decay), original

    def keep(self, adapter):
        """Make what an adapter adds part of the original W for good. Another layer that shares it goes on with the old one."""
        original = self.original
        W = original.data + adapter.delta(original.data)
        self.original_W = Parameter(W, original.trainable, original.name, original.decay)

    def refuse_merged(self):
        """RuntimeError if an adapter is merged: a gradient of its arrays would be of what is no longer computed."""
        for name, adapter in self.adapters.items():
            if adapter.merged:
                raise RuntimeError(f"adapter {name!r} is merged into {self.W.name}: call unmerge(model) before backward")

    def refuse_merge(self, name):
        """ValueError if nothing can be added to W."""
        if isinstance(self.W, QuantizedParameter):
            held = f"{name}.W is held in {self.W.bits} bits, to which nothing can be added"
            raise ValueError(f"{held}: call dequantize_linear(layer) first")
