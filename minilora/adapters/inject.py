"""Hang adapters in the layers of a model, find them, take them out."""

from dataclasses import replace

from minilora import backend
from minilora.adapters.evidence import gather
from minilora.adapters.settle import settle
from minilora.adapters.spec import Spec, matches
from minilora.nn.adaptable import Adaptable
from minilora.nn.embedding import Embedding
from minilora.nn.linear import Linear

ALL_LINEAR = ("blocks.*",)  # every linear layer of every block: the rule that does well in most comparisons


def inject(model, spec, targets=ALL_LINEAR, rng=0, name="default", batch=None):
    """Hang an adapter in each layer that `targets` names, and freeze everything else. Returns the layers' names.

    spec: what to add, such as LoRA(r=8, alpha=16). targets: names or globs; each must match a whole dotted end of some linear
    layer's name: "attn.q", "mlp.up", "blocks.0.attn.v", "blocks.*.mlp.*"; or be an embedding's whole name, "embed".
    rng: int or NumPy Generator, which draws the start values. name: several adapters may hang in one layer under different
    names; their changes add up, and only the new one is trained. batch: what model.loss takes, (ids, targets), for methods that
    start from data; else None. ValueError, with nothing changed, for a target that matches nothing, a rank out of range, a name
    that is taken or cannot be, a bias that another adapter trains, or any other argument that is none.
    """
    _refuse(spec, batch)
    layers = match(model, targets)
    refuse_layers(model, spec, layers, name)
    _refuse_patterns(spec, layers)
    rng, evidence = backend.as_generator(rng), gather(model, spec, layers, batch)
    arrays = {key: spec.at(key).start(layer, rng, evidence.get(key)) for key, layer in layers.items()}
    hang(model, spec, layers, name, arrays)
    return list(layers)


def hang(model, spec, layers, name, arrays):
    """Put adapters with these arrays, {layer name: {leaf: array}}, into layers that have been found fit; freeze all else."""
    spec.settle(layers)
    for parameter in [*model.parameters(), *with_originals(model).values()]:
        parameter.trainable = False
    shared = spec.shared(layers)
    for key, layer in layers.items():
        adapter = layer.adapters[name] = spec.at(key).make(layer, arrays[key], model.rng, shared)
        adapter.spec, adapter.training = spec, layer.training  # as given: with its patterns
    for parameter in biases(model, layers.values(), spec.bias):
        parameter.trainable = True
    settle(model, layers.values())


def refuse_layers(model, spec, layers, name):
    """ValueError if the layers, {name: layer}, cannot all take this adapter, or if the name is none."""
    if not isinstance(name, str) or not name or "." in name or "/" in name:
        raise ValueError(f"adapter name must be a string that is not empty and has no '.' or '/', got {name!r}")
    for layer_name, _, key, _ in adapters_of(model):
        if key == name:
            raise ValueError(f"{layer_name} has an adapter named {name!r} already: take another name, or remove(model, {name!r})")
    for key, layer in layers.items():
        spec.at(key).refuse(layer)
        for other, adapter in layer.adapters.items():
            alone = next((s.method for s in (spec, adapter.spec) if not s.additive), None)
            if alone:
                raise ValueError(f"{key} has an adapter {other!r}, and {alone} does not add up with others: remove it first")
    _refuse_biases(model, biases(model, layers.values(), spec.bias))


def _refuse_biases(model, wanted):
    """ValueError if one of these biases is another adapter's to train: what that learned would change under it."""
    wanted = {id(b) for b in wanted}
    for _, layer, other, adapter in adapters_of(model):
        taken = next((b for b in biases(model, [layer], adapter.spec.bias) if id(b) in wanted), None)
        if taken is not None:
            along = f"{taken.name} is trained along with adapter {other!r}, which it would change"
            raise ValueError(f"{along}: take bias='none', or remove(model, {other!r}) first")


def _refuse(spec, batch):
    if isinstance(spec, type) or not isinstance(spec, Spec):
        raise ValueError(f"spec must be an adapter's settings, such as LoRA(r=8, alpha=16), got {spec!r}")
    if batch is not None and spec.evidence is None:
        raise ValueError(f"{type(spec).__name__} does not start from data: leave batch out, or None")
    if batch is None and spec.evidence is not None:
        raise ValueError(f"{type(spec).__name__} starts from data: give batch=(ids, targets), as model.loss takes them")
    if batch is not None and (not hasattr(batch, "__len__") or not 2 <= len(batch) <= 4):
        got = f"{len(batch)} entries" if hasattr(batch, "__len__") else repr(batch)
        raise ValueError(f"batch must be (ids, targets) or (ids, targets, mask), as model.loss takes them, got {got}")


def _refuse_patterns(spec, layers):
    for option, patterns in (("rank_pattern", spec.rank_pattern), ("alpha_pattern", spec.alpha_pattern)):
        for pattern in patterns:
            if not any(matches(key, pattern) for key in layers):
                raise ValueError(f"{option} {pattern!r} matches none of the layers that the targets name: {', '.join(layers)}")


def match(model, targets):
    """{name: layer} for the layers that the targets name, in the model's order. ValueError names a target without a match."""
    targets = (targets,) if isinstance(targets, str) else targets
    if not isinstance(targets, tuple | list) or not all(isinstance(target, str) for target in targets):
        raise ValueError(f"targets must be names of layers, such as ('attn.q', 'attn.v'), got {targets!r}")
    found = {name: layer for name, layer in model.named_layers() if isinstance(layer, Adaptable)}
    for target in targets or ("",):
        if not any(_named(name, layer, target) for name, layer in found.items()):
            kinds = dict.fromkeys(name.split(".", 2)[-1] for name, layer in found.items() if not isinstance(layer, Embedding))
            raise ValueError(f"target {target!r} matches no linear layer; there are {', '.join(kinds)} (in blocks.0, ...)")
    return {name: layer for name, layer in found.items() if any(_named(name, layer, target) for target in targets)}


def _named(name, layer, target):
    return name == target if isinstance(layer, Embedding) else matches(name, target)


def biases(model, layers, mode):
    """The biases that train along with adapters in these layers, by the mode that their spec names."""
    if mode == "none":
        return []
    if mode == "lora_only":
        return _biases(layers)
    return _biases(layer for _, layer in model.named_layers())


def _biases(layers):
    return [layer.b for layer in layers if isinstance(layer, Linear) and layer.b is not None]


def adapters_of(model, name=None):
    """[(layer name, layer, adapter name, adapter)] of the adapter `name`, or of all. ValueError if there is none of that name."""
    found = [
        (layer_name, layer, key, adapter)
        for layer_name, layer in model.named_layers()
        if isinstance(layer, Adaptable)
        for key, adapter in layer.adapters.items()
        if name is None or key == name
    ]
    if name is not None and not found:
        there = sorted({key for _, _, key, _ in adapters_of(model)})
        raise ValueError(f"the model has no adapter named {name!r}; it has {', '.join(map(repr, there)) or 'none'}")
    return found


def with_originals(model):
    """{name: Parameter} of the model's parameters, with the original W where adapters have put something into it."""
    originals = {id(layer.W): layer.original for _, layer, *_ in adapters_of(model)}
    return {name: originals.get(id(p), p) for name, p in model.named_parameters()}


def remove(model, name):
    """Take the adapter `name` out of the model. If it is merged, its change stays in W for good; trained biases stay always.

    A head and an embedding that had one W and do not keep the same change are untied, and model.config says so from now on.
    RuntimeError, with nothing changed, if it is merged together with others: the W that is kept aside has none of their changes.
    """
    found = adapters_of(model, name)
    for layer_name, layer, _, adapter in found:
        merged = [repr(key) for key, other in layer.adapters.items() if other.merged]
        if adapter.merged and len(merged) > 1:
            together = f"adapters {' and '.join(merged)} are merged into {layer_name}.W together"
            raise RuntimeError(f"{together}: call unmerge(model) before remove")
    was_tied = _tied(model)
    for _, layer, key, adapter in found:
        if adapter.merged:
            layer.keep(adapter)
        del layer.adapters[key]
        for parameter in adapter.parameters():
            parameter.detached = True
    settle(model, [layer for _, layer, *_ in found])
    if was_tied and not _tied(model):
        model.config = replace(model.config, tied=False)


def _tied(model):
    """Whether head and embedding have one W, but for what adapters put into it."""
    return model.head.original is model.embed.original
