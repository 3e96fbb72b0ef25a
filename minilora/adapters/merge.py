"""Merge adapters into W and take them out again. Both are explicit: train() and eval() never merge."""

from minilora.adapters.inject import adapters_of
from minilora.adapters.settle import settle


def merge(model, name=None):
    """Put W + Delta W in the place of W in every layer with the adapter `name`, or with any enabled adapter.

    The merged model computes the same in evaluation mode, up to rounding, with no extra product. The old W is kept aside for
    unmerge; a tied head is untied by this, as only its own W is replaced. Backward is refused while merged.
    RuntimeError, with nothing changed, if an adapter is merged already; ValueError if there is none that is enabled, or if W is
    held in 4 bits.
    """
    found = [entry for entry in adapters_of(model, name) if entry[-1].enabled]
    if not found:
        raise ValueError("the model has no enabled adapter to merge: call inject(model, ...) or enable(model, name) first")
    for layer_name, layer, key, adapter in found:
        if adapter.merged:
            raise RuntimeError(f"adapter {key!r} is merged into {layer_name}.W already: call unmerge(model) first")
        layer.refuse_merge(layer_name)
    for *_, adapter in found:
        adapter.merged = True
    settle(model, [layer for _, layer, *_ in found])


def unmerge(model):
    """Put back, bit for bit, the W of every layer that has been merged. RuntimeError if nothing is merged."""
    merged = [(layer, adapter) for _, layer, _, adapter in adapters_of(model) if adapter.merged]
    if not merged:
        raise RuntimeError("nothing is merged: call merge(model) first")
    for _, adapter in merged:
        adapter.merged = False
    settle(model, [layer for layer, _ in merged])
