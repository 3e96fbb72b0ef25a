"""A layer with what it is given: forward and backward that compute the same every time, with some values replaced."""

from contextlib import ExitStack, contextmanager

import numpy as np

from minilora.gradcheck.context import Context
from minilora.gradcheck.layers.holdings import arrays_of, numbers_of, other_numbers
from minilora.gradcheck.layers.reach import below, is_parameter
from minilora.gradcheck.layers.state import clear, gradients_of
from minilora.gradcheck.layers.values import host_data, moved, put_back, write
from minilora.gradcheck.returned import host, match
from minilora.gradcheck.subject import read_output


class Run:
    """One call of a layer that can be made again.

    arguments   {name: what forward is given}; floating arrays among them are its inputs.
    parameters  {name: parameter} that are looked at.
    dice        the random generators below the layer, as they were before the call.
    parts       {name: what a layer inside returned in backward}, for the diagnosis.
    """

    def __init__(self, layer, arguments, parameters, dice, parts=()):
        self.layer, self.arguments, self.parameters, self.dice, self.parts = layer, arguments, parameters, dice, dict(parts)
        self.inputs = {name: value for name, value in arguments.items() if _is_floating(value)}
        self.values = {**self.inputs, **host_data(parameters)}

    def output(self, arguments):
        """(y, whether its dtype is lower) of a forward of these arguments themselves."""
        self.dice.rewind()
        with np.errstate(all="ignore"):  # what is not finite becomes a finding
            return read_output(self.layer.forward(*arguments.values()))

    def drops(self):
        """Whether forward draws random numbers."""
        self.forward()
        return self.dice.rolled()

    def copies(self):
        """The arguments, arrays copied: a forward may change them."""
        return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in self.arguments.items()}

    def forward(self, changes=None):
        """y, with some inputs, parameters or numbers of the layer replaced: {name: value}. KeyError for a name that is none."""
        changes = dict(changes or {})
        arguments = self.copies()
        arguments |= {name: changes.pop(name) for name in list(changes) if name in arguments}
        with self._replaced(changes):
            return self.output(arguments)[0]

    def y_at(self, name, index, value):
        """y with one entry of an input or a parameter replaced."""
        arguments = self.copies()
        if name in arguments:
            arguments[name][index] = value
            return self.output(arguments)[0]
        return moved(self.parameters[name], index, value, lambda: self.output(arguments)[0])

    def backward(self, dy):
        """({input: gradient as returned}, findings about their number), after a forward; adds to the parameters' gradients."""
        with np.errstate(all="ignore"):
            returned = self.layer.backward(dy)
        return match(returned, dict.fromkeys(self.inputs, True)) if self.inputs else ({}, [])

    def step(self, dy):
        """One forward and backward. Returns {input: gradient}, those that have come back."""
        self.forward()
        gradients, _ = self.backward(dy.copy())
        return {name: np.array(host(gradient)) for name, gradient in gradients.items() if gradient is not None}

    def rerun(self, changes, dy):
        """What a Context's rerun is: (y, {name: gradient}) with some values replaced and another cotangent."""
        changes = dict(changes)
        arguments = self.copies()
        arguments |= {name: changes.pop(name) for name in list(changes) if name in arguments}
        with self._replaced(changes):
            y = self.output(arguments)[0]
            if dy is None:
                return y, {}
            clear(self.parameters)
            gradients, _ = self.backward(np.array(dy))
            return y, {**gradients, **gradients_of(self.parameters)}

    def context(self, y, dy):
        """The Context of this call, right after a forward, whose cache is looked at."""
        at_hand = {name: np.array(value) for name, value in self.arguments.items() if isinstance(value, np.ndarray)}
        frozen = {path: p for path, p in below(self.layer) if is_parameter(p) and not p.trainable}
        arrays = {**arrays_of(self.layer), **self.parts, **host_data(frozen), **at_hand, **self.values, "y": y, "dy": dy}
        return Context(arrays=arrays, numbers=numbers_of(self.layer), rerun=self.rerun)

    @contextmanager
    def _replaced(self, changes):
        parameters = {name: self.parameters[name] for name in changes if name in self.parameters}
        kept = host_data(parameters)
        with ExitStack() as stack:
            if len(changes) > len(parameters):
                numbers = {name: value for name, value in changes.items() if name not in parameters}
                stack.enter_context(other_numbers(self.layer, numbers))
            try:
                for name, parameter in parameters.items():
                    write(parameter, changes[name])
                yield
            finally:
                put_back(parameters, kept)


def _is_floating(value):
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"
