"""All trainable parameters in two flat buffers, so that an optimiser's step is one sweep and not a hundred.

    data  [ W | W | A | ... | B | ... | b | gamma | ... ]     those with weight decay first, then those without;
    grad  [ the same order                              ]     among either, by rate

Each Parameter becomes a view of its stretch: the model computes on views, the optimiser on the whole.
"""

from itertools import groupby

from minilora import backend
from minilora.nn.parameter import Parameter


class FlatParameters:
    """The trainable ones among `parameters` (an iterable of Parameter), moved into flat buffers; frozen ones are skipped.

    data, grad  the buffers, 1-d, one dtype. Iterating gives the Parameters in the order of the buffers.

    ValueError if none is trainable, one is listed twice or is no Parameter, or dtypes differ.
    """

    def __init__(self, parameters):
        given = list(parameters)
        for p in given:
            if not isinstance(p, Parameter):
                kind = type(p).__name__
                raise ValueError(f"parameters must be a list of Parameter, got a {kind} in it: pass model.parameters()")
        if len({id(p) for p in given}) < len(given):
            raise ValueError("parameters lists a Parameter twice; list each once (a tied one too)")
        self._frozen = [p for p in given if not p.trainable]
        self._parameters = sorted((p for p in given if p.trainable), key=lambda p: (not p.decay, p.rate))
        if not self._parameters:
            raise ValueError(f"parameters has none that is trainable ({len(given)} frozen); unfreeze some or inject an adapter")
        first = self._parameters[0]
        for p in self._parameters:
            if p.data.dtype != first.data.dtype:
                raise ValueError(
                    f"parameters must have one dtype: {first.name!r} is {first.data.dtype}, {p.name!r} is {p.data.dtype};"
                    " build the model with a single dtype"
                )
        xp = backend.get_array_module(*(p.data for p in self._parameters))
        self._cuts = [0]
        for p in self._parameters:
            self._cuts.append(self._cuts[-1] + p.data.size)
        self.data = xp.empty(self._cuts[-1], dtype=first.data.dtype)
        self.grad = xp.empty_like(self.data)
        for p, data, grad in zip(self._parameters, self.split(self.data), self.split(self.grad), strict=True):
            p.move_into(data, grad)
        self._views = [(p.data, p.grad, p.decay, p.rate) for p in self._parameters]
        self.block = backend.block_size(self.data, self.data.size)

    def __iter__(self):
        return iter(self._parameters)

    def __len__(self):
        return len(self._parameters)

    def split(self, flat):
        """An array laid out as the buffers, as a list of views, one of each parameter's shape."""
        stretches = zip(self._parameters, self._cuts, self._cuts[1:], strict=False)
        return [flat[start:stop].reshape(p.data.shape) for p, start, stop in stretches]

    def blocks(self):
        """The buffers in pieces that stay in cache: a list of (slice, whether weight decay applies to it, its rate)."""
        blocks, start = [], 0
        for (decay, rate), stretch in groupby(self._parameters, key=lambda p: (p.decay, p.rate)):
            end = start + sum(p.data.size for p in stretch)
            blocks += [(slice(i, min(i + self.block, end)), decay, rate) for i in range(start, end, self.block)]
            start = end
        return blocks

    def check(self):
        """RuntimeError if a parameter was frozen, unfrozen, moved, taken out of its model or given another rate since."""
        for p, (data, grad, decay, rate) in zip(self._parameters, self._views, strict=True):
            if p.detached:
                raise _changed(p, "was taken out of its model")
            if not p.trainable:
                raise _changed(p, "was frozen")
            if p.data is not data or p.grad is not grad:
                raise _changed(p, "was moved to other storage (by a later optimizer, or by freezing and unfreezing)")
            if (p.decay, p.rate) != (decay, rate):
                raise _changed(p, "was given another rate or decay")
        for p in self._frozen:
            if p.trainable:
                raise _changed(p, "was unfrozen")


def _changed(p, event):
    return RuntimeError(f"parameter {p.name!r} {event} after the optimizer was built; build a new optimizer")
