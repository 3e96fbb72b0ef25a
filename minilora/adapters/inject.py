"""Hang adapters in the linear layers of a model, switch them on and off, take them out."""

from dataclasses import replace
from fnmatch import fnmatchcase

from minilora import backend
from minilora.nn.linear import Linear

ALL_LINEAR = ("blocks.*",)  # every linear layer of every block: the rule that does well in most comparisons


def inject(model, spec, targets=ALL_LINEAR, rng=0, name="default", batch=None):
    """Hang an adapter in each linear layer that `targets` names, and freeze everything else. Returns the layers' names.

    spec: what to add, such as LoRA(r=8, alpha=16). targets: names or globs; each must match a whole dotted end of some layer's
    name: "attn.q", "mlp.up", "blocks.0.attn.v", "blocks.*.mlp.*". rng: int or NumPy Generator, which draws the start values.
    name: several adapters may hang in one layer under different names; their changes add up, and only the new one is trained.
    batch: for methods that start from data; LoRA does not, so None. ValueError, with nothing changed, for a target that matches
    nothing, a rank out of range, a name that is taken or cannot be, or any other argument that is none.
    """
    _refuse(spec, name, batch)
    layers = match(model, targets)
    for layer_name, _, key, _ in adapters_of(model):
        if key == name:
            raise ValueError(f"{layer_name} has an adapter named {name!r} already: take another name, or remove(model, {name!r})")
    for layer in layers.values():
        spec.refuse(layer)
    rng = backend.as_generator(rng)
    for parameter in model.parameters():
        parameter.trainable = False
    for layer in layers.values():
        layer.adapters[name] = spec.make(layer, rng, model.rng)
        layer.adapters[name].training = layer.training
    for parameter in biases(model, layers.values(), spec.bias):
        parameter.trainable = True
    model.name_parameters()
    return list(layers)


def _refuse(spec, name, batch):
    if isinstance(spec, type) or not hasattr(spec, "make"):
        raise ValueError(f"spec must be an adapter's settings, such as LoRA(r=8, alpha=16), got {spec!r}")
    if not isinstance(name, str) or not name or "." in name or "/" in name:
        raise ValueError(f"adapter name must be a string that is not empty and has no '.' or '/', got {name!r}")
    if batch is not None:
        raise ValueError(f"{type(spec).__name__} does not start from data: leave batch out, or None")


def match(model, targets):
    """{name: Linear} for the layers that the targets name, in the model's order. ValueError names a target without a match."""
    targets = (targets,) if isinstance(targets, str) else tuple(targets)
    linears = {name: layer for name, layer in model.named_layers() if isinstance(layer, Linear)}
    for target in targets or ("",):
        if not any(_matches(name, target) for name in linears):
            kinds = dict.fromkeys(name.split(".", 2)[-1] for name in linears)
            raise ValueError(f"target {target!r} matches no linear layer; there are {', '.join(kinds)} (in blocks.0, ...)")
    return {name: layer for name, layer in linears.items() if any(_matches(name, target) for target in targets)}


def _matches(name, target):
    return fnmatchcase(name, target) or fnmatchcase(name, f"*.{target}")


def biases(model, layers, mode):
    """The biases that train along with adapters in these layers, by the mode that their spec names."""
    if mode == "none":
        return []
    if mode == "lora_only":
        return [layer.b for layer in layers if layer.b is not None]
    return [p for name, p in model.named_parameters() if name.endswith(".b")]


def adapters_of(model, name=None):
    """[(layer name, layer, adapter name, adapter)] of the adapter `name`, or of all. ValueError if there is none of that name."""
    found = [
        (layer_name, layer, key, adapter)
        for layer_name, layer in model.named_layers()
        if isinstance(layer, Linear)
        for key, adapter in layer.adapters.items()
        if name is None or key == name
    ]
    if name is not None and not found:
        there = sorted({key for _, _, key, _ in adapters_of(model)})
        raise ValueError(f"the model has no adapter named {name!r}; it has {', '.join(map(repr, there)) or 'none'}")
    return found


def enable(model, name=None):
    """Switch the adapter `name` on, or all."""
    _switch(model, name, True)


def disable(model, name=None):
    """Switch the adapter `name` off, or all: no change of W is computed. RuntimeError while it is merged.

    With bias="none" the model then computes what it did before. Biases that were trained along are the model's own and stay.
    """
    _switch(model, name, False)


def _switch(model, name, enabled):
    found = adapters_of(model, name)
    for layer_name, _, key, adapter in found:
        if adapter.merged and not enabled:
            raise RuntimeError(f"adapter {key!r} is merged into {layer_name}.W: call unmerge(model) before disable")
    for *_, adapter in found:
        adapter.enabled = enabled


def remove(model, name):
    """Take the adapter `name` out of the model. If it is merged, its change stays in W for good; trained biases stay always.

    A tied head that was merged stays untied, and model.config says so from now on.
    RuntimeError, with nothing changed, if it is merged together with others: the W that is kept aside has none of their changes.
    """
    found = adapters_of(model, name)
    for layer_name, layer, _, adapter in found:
        merged = [repr(key) for key, other in layer.adapters.items() if other.merged]
        if adapter.merged and len(merged) > 1:
            together = f"adapters {' and '.join(merged)} are merged into {layer_name}.W together"
            raise RuntimeError(f"{together}: call unmerge(model) before remove")
    for _, layer, key, adapter in found:
        del layer.adapters[key]
        for parameter in adapter.parameters():
            parameter.detached = True
        if adapter.merged:
            if not layer.unmerged_W.detached:  # the embedding has it still: this was a tied head
                model.config = replace(model.config, tied=False)
            layer.unmerged_W = None
