"""A model's loss, recomputed from the layer whose parameter has moved: what ran before it gives what it gave the first time.

One loss is recorded as a tree of layer calls, each with its output and the times of its start and its end. When a parameter
moves, every call that ended before the first call of the parameter's layer began returns its recorded output without computing;
the outermost such call does, so that a whole block costs nothing. Whether this holds for a parameter (not if a layer reads
another one's parameter) is tried out once: the loss with all its entries moved must be the same either way, but for rounding.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from minilora.gradcheck.layers.reach import below, layers_of
from minilora.gradcheck.layers.recording import copied, wrapped
from minilora.gradcheck.layers.values import host_data, put_back, write
from minilora.gradcheck.subject import JITTER


@dataclass(eq=False)
class _Node:
    layer: object
    start: int
    end: int = 0
    output: object = None
    dice: object = None  # the random generators after the call, if it drew
    inside: list = field(default_factory=list)


class Replay:
    """The losses of a model whose parameters move.

    loss()      the model's loss at its present parameters, computed as always.
    parameters  {name: parameter} that will move.
    dice        the random generators below the model, as they are before each loss.
    """

    def __init__(self, model, loss, parameters, dice):
        self.model, self.loss, self.dice = model, loss, dice
        self.clock, self.recording, self.since = 0, True, 0
        self.root = _Node(model, 0)
        self.path = [[self.root, 0]]  # the calls that we are in, and how many calls inside each have come already
        with wrapped(model, forward=self._forward):
            loss()
        self.recording = False
        self.starts = self._starts(parameters)
        self.starts = {name: start for name, start in self.starts.items() if self._holds(name, parameters[name])}

    @contextmanager
    def running(self):
        """Within it `after(name)` may be called."""
        with wrapped(self.model, forward=self._forward):
            yield self

    def after(self, name):
        """The loss, where of all parameters only the one of this name has moved since the recording."""
        self.since, self.clock, self.path = self.starts.get(name, 0), 0, [[self.root, 0]]
        return self.loss()

    def _forward(self, name, layer, original, *args, **kwargs):
        if self.recording:
            return self._recorded(layer, original, args, kwargs)
        if self.clock >= self.since:  # nothing that comes now was over before the change
            return original(*args, **kwargs)
        node = self._next(layer)
        if node is not None and node.end < self.since:
            if node.dice:
                node.dice.rewind()
            return copied(node.output)
        if node is None or node.start >= self.since:  # no node: calls in another order than before, and nothing is known
            self.clock = self.since
            return original(*args, **kwargs)
        self.path.append([node, 0])
        try:
            return original(*args, **kwargs)
        finally:
            self.path.pop()

    def _recorded(self, layer, original, args, kwargs):
        node = _Node(layer, self._tick())
        self.path[-1][0].inside.append(node)
        before = self.dice.now()
        self.path.append([node, 0])
        y = original(*args, **kwargs)
        self.path.pop()
        node.end, node.output = self._tick(), copied(y)
        node.dice = self.dice.now() if before.rolled() else None
        return y

    def _next(self, layer):
        """The node of this call of a layer, if the calls come in the recorded order; else None."""
        node, place = self.path[-1]
        self.path[-1][1] += 1
        if place < len(node.inside) and node.inside[place].layer is layer:
            return node.inside[place]
        return None

    def _tick(self):
        self.clock += 1
        return self.clock

    def _starts(self, parameters):
        """{name: when the first call of the innermost layer that holds the parameter began}."""
        held = {id(layer): {id(value) for _, value in below(layer)} for layer in layers_of(self.model).values()}
        starts = {}
        for name, parameter in parameters.items():
            holders = {layer for layer, inside in held.items() if id(parameter) in inside}
            innermost = {layer for layer in holders if not any(other in held[layer] for other in holders - {layer})}
            called = [node.start for node in _nodes(self.root) if id(node.layer) in innermost]
            if called:
                starts[name] = min(called)
        return starts

    def _holds(self, name, parameter):
        """Whether the loss with the parameter moved is the same when it is computed as a whole."""
        kept = host_data({name: parameter})
        write(parameter, kept[name] + 1e-3 * np.random.default_rng(0).standard_normal(kept[name].shape))
        try:
            whole = self.loss()
            with self.running():
                return bool(abs(self.after(name) - whole) <= JITTER * abs(whole))
        finally:
            put_back({name: parameter}, kept)


def _nodes(node):
    yield node
    for inner in node.inside:
        yield from _nodes(inner)
