"""Switch adapters on and off, and weigh what they add."""

import math
from numbers import Real

from minilora.adapters.inject import adapters_of
from minilora.adapters.settle import settle


def enable(model, name=None):
    """Switch the adapter `name` on, or all. What is trained stays as it is: the adapter that was injected or loaded last."""
    _switch(model, name, True)


def disable(model, name=None):
    """Switch the adapter `name` off, or all: no change of W is computed. RuntimeError while it is merged.

    With bias="none" the model then computes what it did before, bit for bit. Biases that were trained along are the model's own
    and stay; so does a base that the method holds in 4 bits.
    """
    _switch(model, name, False)


def switch(model, name):
    """Switch the adapter `name` on and every other off, as for another task on the same base.

    What is trained stays as it is, the adapter that came last; while it is off it gets no gradient, and nothing learns. To go on
    training an adapter, save it and load it into the base anew.
    ValueError if there is none of that name; RuntimeError, with nothing changed, while another is merged.
    """
    adapters_of(model, name)
    found = adapters_of(model)
    refuse_merged([entry for entry in found if entry[2] != name], "switch")
    for *_, key, adapter in found:
        adapter.enabled = key == name
    settle(model, [layer for _, layer, *_ in found])


def weigh(model, name, weight):
    """Multiply what the adapter `name` adds by a number from now on; 1 is as trained, 0 nothing. Files keep it as trained.

    RuntimeError while it is merged; ValueError for a method whose change of W is not a multiple of anything, such as dora.
    """
    found = adapters_of(model, name)
    refuse_merged(found, "weigh")
    spec = found[0][-1].spec
    if not spec.additive:
        raise ValueError(f"{spec.method} is no change of W that could be weighed: switch it on or off")
    if isinstance(weight, bool) or not isinstance(weight, Real) or not math.isfinite(weight):
        raise ValueError(f"weight must be a finite number, got {weight!r}")
    for *_, adapter in found:
        adapter.weight = float(weight)
    settle(model, [layer for _, layer, *_ in found])


def _switch(model, name, enabled):
    found = adapters_of(model, name)
    if not enabled:
        refuse_merged(found, "disable")
    for *_, adapter in found:
        adapter.enabled = enabled
    settle(model, [layer for _, layer, *_ in found])


def refuse_merged(found, what):
    """RuntimeError if one of these, as adapters_of gives them, is merged."""
    for layer_name, _, key, adapter in found:
        if adapter.merged:
            raise RuntimeError(f"adapter {key!r} is merged into {layer_name}.W: call unmerge(model) before {what}")
