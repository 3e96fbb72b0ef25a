"""The calls of a model's layers in one loss and backward: what each was given, what it gave, and what ran inside it."""

import inspect
from contextlib import contextmanager
from dataclasses import dataclass, field

from minilora.gradcheck.layers.reach import is_array, layers_of


@dataclass(eq=False)
class Call:
    """One call of a layer's forward, and of the backward that belongs to it; arrays are copies.

    name, layer   the layer and its dotted name.
    arguments     {name: what forward was given}; None if it cannot be given again by position.
    dice          the random generators as they were before; None if nothing draws.
    output        what forward returned.
    dy, returned  what backward was given and returned; dy is None if there was none.
    added         {name: what backward added to the gradient}, of each of the layer's parameters, those inside it included.
    order         the place among the calls of backward.
    inside        the calls of other layers that ran in it.
    """

    name: str
    layer: object
    arguments: dict | None
    dice: object
    output: object = None
    dy: object = None
    returned: object = None
    added: dict = field(default_factory=dict)
    order: int = 0
    inside: list = field(default_factory=list)


def parts_of(calls, prefix=""):
    """{"dx of q": array} of what each call returned in backward: what the layer around them puts together."""
    return {f"dx of {call.name.removeprefix(prefix)}": call.returned for call in calls if is_array(call.returned)}


def record(model, dice, parameters_of, run):
    """The outermost Calls of run(), which is one loss and backward.

    parameters_of(layer) gives {name: parameter}. Backward calls of one layer belong to its forward calls, the latest first.
    """
    top, open_calls, waiting = [], [], {}
    count = 0

    def forward(name, layer, original, *args, **kwargs):
        call = Call(name, layer, _named(original, args, kwargs), dice.now())
        (open_calls[-1].inside if open_calls else top).append(call)
        open_calls.append(call)
        y = original(*args, **kwargs)
        open_calls.pop()
        call.output = copied(y)
        waiting.setdefault(id(layer), []).append(call)
        return y

    def backward(name, layer, original, *args, **kwargs):
        nonlocal count
        if not waiting.get(id(layer)):
            return original(*args, **kwargs)
        call = waiting[id(layer)].pop()
        call.order = count = count + 1
        call.dy = copied(args[0]) if args else None
        parameters = parameters_of(layer)
        before = {name: None if p.grad is None else p.grad.copy() for name, p in parameters.items()}
        returned = original(*args, **kwargs)
        call.returned = copied(returned)
        call.added = {name: _difference(p.grad, before[name]) for name, p in parameters.items()}
        return returned

    with wrapped(model, forward=forward, backward=backward):
        run()
    return top


@contextmanager
def wrapped(model, **wrappers):
    """Within it wrapper(name, layer, original, *args) is called in the place of layer.method(*args), for each layer of a model.

    wrappers: method=wrapper. A layer that takes no attributes of its own is left out.
    """
    places = []
    try:
        for name, layer in layers_of(model).items():
            for method, wrapper in wrappers.items():
                if hasattr(layer, "__dict__"):
                    places.append((vars(layer), method, vars(layer).get(method)))
                    vars(layer)[method] = _around(name, layer, getattr(layer, method), wrapper)
        yield
    finally:
        for attributes, method, kept in places:
            if kept is None:
                del attributes[method]
            else:
                attributes[method] = kept


def copied(value):
    """The value with its arrays copied, in tuples and lists too; the memory layout stays, for the rounding depends on it."""
    if isinstance(value, (tuple, list)):
        return type(value)(copied(item) for item in value) if type(value) in (tuple, list) else value
    return value.copy(order="K") if is_array(value) else value


def _around(name, layer, original, wrapper):
    return lambda *args, **kwargs: wrapper(name, layer, original, *args, **kwargs)


def _named(function, args, kwargs):
    """{parameter name: copied argument} in forward's order; None if forward takes *args, **kwargs or names only."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
    if any(parameter.kind not in plain for parameter in bound.signature.parameters.values()):
        return None if kwargs else {f"x{i or ''}": copied(value) for i, value in enumerate(args)}
    return {name: copied(value) for name, value in bound.arguments.items()}


def _difference(after, before):
    if after is None or before is None:
        return after
    return after - before
