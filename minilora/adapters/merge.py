"""Merge adapters into W and take them out again. Both are explicit: train() and eval() never merge."""

from minilora.adapters.inject import adapters_of
from minilora.nn.parameter import Parameter


def merge(model, name=None):
    """Put W + Delta W in the place of W in every layer with the adapter `name`, or with any enabled adapter.

    The merged model computes the same in evaluation mode, up to rounding, with no extra product. The old W is kept aside for
    unmerge; a tied head is untied by this, as only its own W is replaced. Backward is refused while merged.
    RuntimeError, with nothing changed, if an adapter is merged already; ValueError if there is none that is enabled.
    """
    found = [entry for entry in adapters_of(model, name) if entry[-1].enabled]
    if not found:
        raise ValueError("the model has no enabled adapter to merge: call inject(model, ...) or enable(model, name) first")
    for layer_name, _, key, adapter in found:
        if adapter.merged:
            raise RuntimeError(f"adapter {key!r} is merged into {layer_name}.W already: call unmerge(model) first")
    for _, layer, _, adapter in found:
        if layer.unmerged_W is None:
            layer.unmerged_W = layer.W
        layer.W = Parameter(layer.W.data + adapter.delta(), layer.W.trainable, layer.W.name, layer.W.decay)
        adapter.merged = True
    in_use = {id(p) for p in model.parameters()}  # a tied head's old W is: the embedding reads it
    for _, layer, *_ in found:
        layer.unmerged_W.detached = id(layer.unmerged_W) not in in_use
    model.name_parameters()  # an untied head's W has a name of its own


def unmerge(model):
    """Put back, bit for bit, the W of every layer that has been merged. RuntimeError if nothing is merged."""
    merged = [(layer, adapter) for _, layer, _, adapter in adapters_of(model) if adapter.merged]
    if not merged:
        raise RuntimeError("nothing is merged: call merge(model) first")
    for layer, adapter in merged:
        if layer.unmerged_W is not None:
            layer.W.detached, layer.unmerged_W.detached = True, False
            layer.W, layer.unmerged_W = layer.unmerged_W, None
        layer.drop_cache()
        adapter.merged = False
