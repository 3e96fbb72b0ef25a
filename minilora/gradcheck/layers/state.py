"""A check leaves no trace: what it changes in a layer or a model is put back, bit for bit, whatever happens in between."""

import copy
import numbers
from contextlib import contextmanager

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.layers.reach import LEAVES, below, is_array, is_parameter

PLAIN = (numbers.Number, np.generic, str, type(None))  # what cannot change in place, only be assigned anew


@contextmanager
def preserved(owner):
    """Within it parameters, modes, buffers and random generators may change; after it they are as they were before.

    Put back are every array that can be reached from `owner` (its place and its contents), every attribute that is a number,
    a text or None, and the state of every np.random.Generator. Gradients are set to zero instead.
    """
    undo = [step for _, value in below(owner) for step in _undo_steps(value)]
    try:
        yield
    finally:
        for step in undo:
            step()
        owner.zero_grad()


def _undo_steps(value):
    """Functions that put one object back to how it is now; what it holds has steps of its own."""
    if isinstance(value, np.random.Generator):
        source, state = value.bit_generator, value.bit_generator.state
        yield lambda: setattr(source, "state", state)
    elif is_array(value):
        if getattr(value.flags, "writeable", True):
            contents = value.copy()
            yield lambda: value.__setitem__(..., contents)
    elif hasattr(value, "__dict__") and not isinstance(value, LEAVES):
        whole = is_parameter(value)
        kept = {name: item for name, item in vars(value).items() if whole or is_array(item) or isinstance(item, PLAIN)}
        if isinstance(getattr(value, "training", None), bool):
            kept["training"] = value.training  # it may be the class's until a mode is set
        if kept:
            yield lambda: vars(value).update(kept)


class Dice:
    """The random generators (np.random.Generator) below an owner, and the states that they have now."""

    def __init__(self, owner):
        self.sources = [value.bit_generator for _, value in below(owner) if isinstance(value, np.random.Generator)]
        self.states = [source.state for source in self.sources]

    def now(self):
        """The same generators with the states that they have at this moment."""
        other = copy.copy(self)
        other.states = [source.state for source in self.sources]
        return other

    def rewind(self):
        """Set them back to the kept states."""
        for source, state in zip(self.sources, self.states, strict=True):
            source.state = state

    def rolled(self):
        """Whether numbers were drawn since."""
        return any(str(source.state) != str(state) for source, state in zip(self.sources, self.states, strict=True))


@contextmanager
def frozen(parameters):
    """Within it these parameters are not trainable; after it they are."""
    try:
        for parameter in parameters:
            parameter.trainable = False
        yield
    finally:
        for parameter in parameters:
            parameter.trainable = True


def clear(parameters):
    """Set the gradients of {name: parameter} to zero, without trusting the owner's zero_grad."""
    for parameter in parameters.values():
        if parameter.grad is not None:
            parameter.grad[...] = 0


def gradients_of(parameters):
    """{name: a copy of its gradient on the host, or None}."""
    return {name: None if p.grad is None else np.array(asnumpy(p.grad)) for name, p in parameters.items()}
