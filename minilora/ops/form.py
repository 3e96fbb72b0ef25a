"""The form that every op has, and the register of them all.

An op is two adjacent pure functions and a maker of inputs to check them on:

    name_forward(*arrays, **constants) -> y, cache
    name_backward(dy, cache, needs=None) -> the gradients, in the order of forward's floating arrays
    name_inputs(rng, **sizes) -> {array name: array}, float64; boolean and integer arrays get no gradient

`needs` names the inputs whose gradient is wanted (None: all). The others come back as None and cost nothing.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from minilora.backend import block_size


@dataclass(frozen=True)
class Op:
    """One registered pair. `check(op.forward, op.backward, op.make_inputs(rng), op.constants)` verifies it."""

    name: str
    forward: Callable
    backward: Callable
    make_inputs: Callable
    lesson: str  # the number of the lesson that derives it
    constants: Mapping = field(default_factory=dict)

    @property
    def sizes(self):
        """{"N": 2, "T": 3, ...}: the sizes that make_inputs takes unless told otherwise."""
        parameters = inspect.signature(self.make_inputs).parameters.values()
        return {p.name: p.default for p in parameters if isinstance(p.default, int)}


_ops: dict[str, Op] = {}
registry: Mapping[str, Op] = MappingProxyType(_ops)


def register(name, forward, backward, make_inputs, lesson, **constants):
    """Enter a pair under `name`; a pair may be entered twice with different constants or inputs."""
    if name in _ops:
        raise ValueError(f"an op named {name!r} is registered already")
    _ops[name] = Op(name, forward, backward, make_inputs, lesson, MappingProxyType(constants))


def wanted(needs, name):
    """Whether the gradient of input `name` is asked for."""
    return needs is None or name in needs


def row_product(x, M):
    """x M, for x: (..., C) and M: (C, out), as one product over all rows; `x @ M` makes a small one for each leading index."""
    return (rows(x) @ M).reshape(*x.shape[:-1], M.shape[1])


def in_blocks(*arrays):
    """Arrays of one size, flattened and cut alike into blocks that stay in cache; views, so write into them with out=.

    Outputs must be fresh, contiguous arrays. The inputs may be laid out as they like.
    """
    flat = [a.reshape(-1) for a in arrays]
    size = flat[0].size
    step = block_size(arrays[0], size)
    for start in range(0, size, step):
        yield [a[start : start + step] for a in flat]


def rows(x):
    """(..., C) as (rows, C): every axis but the last flattened, without a copy where the layout allows."""
    return x.reshape(-1, x.shape[-1])
