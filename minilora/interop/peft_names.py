"""What PEFT calls the layers in which adapters hang, and the arrays of an adapter in its folders.

Its names are those of the modules of Transformers: transformer.h.0.attn.c_attn, model.layers.0.self_attn.q_proj. Where ours has
q, k and v apart and theirs is one map, their rows stand one after another in it: (attn.q, attn.k, attn.v) are c_attn.
"""

from dataclasses import dataclass, replace

from minilora.interop.huggingface import architecture_of
from minilora.nn.adaptable import Adaptable
from minilora.nn.embedding import Embedding

CONFIG, ARRAYS = "adapter_config.json", "adapter_model.safetensors"
PREFIX = "base_model.model."  # PEFT wraps the model twice
BASE = "base_layer."  # what PEFT puts between an adapted module and its own parameters
LINEAR = {"A": "lora_A.weight", "B": "lora_B.weight", "m": "lora_magnitude_vector"}
TABLE = {"A": "lora_embedding_A", "B": "lora_embedding_B"}
PARTS = {"attn.qkv": ("attn.q", "attn.k", "attn.v")}


@dataclass(frozen=True, eq=False)
class Module:
    """A module of theirs: its name, and {name: layer} of those of ours that are in it, one or three."""

    name: str
    layers: dict

    @property
    def layer(self):
        """The first of ours."""
        return next(iter(self.layers.values()))

    @property
    def in_block(self):
        return next(iter(self.layers)).startswith("blocks.")

    def key(self, leaf):
        """The name of an adapter's array in the file."""
        return f"{PREFIX}{self.name}.{(TABLE if isinstance(self.layer, Embedding) else LINEAR)[leaf]}"

    def biases(self):
        """Ours, in the order of its rows; none if it has none."""
        return [layer.b for layer in self.layers.values() if getattr(layer, "b", None)]


def find_architecture(config):
    """The Architecture of a model, whatever its head. ValueError says why it is none."""
    return architecture_of(replace(config, n_classes=None))


def is_bare(config):
    """Whether the model is written for the class without a head (BertModel), whose names have no prefix."""
    return config.n_classes is not None or not config.causal


def find_modules(model, architecture, bare):
    """The Modules that can be adapted on both sides. bare: as the class without a head names them."""
    prefix, config = "" if bare else architecture.prefix, model.config
    there = {name: layer for name, layer in model.named_layers() if isinstance(layer, Adaptable)}
    found = [(theirs, (ours,)) for ours, theirs in architecture.names.items()]
    for i in range(config.n_layers):
        for ours, theirs in architecture.layers.items():
            parts = (ours,) if f"blocks.{i}.{ours}" in there else PARTS.get(ours, (ours,))
            found.append((architecture.block.format(i=i) + theirs, [f"blocks.{i}.{part}" for part in parts]))
    found = [Module(prefix + theirs, {o: there[o] for o in ours}) for theirs, ours in found if there.keys() >= set(ours)]
    return found if bare or is_bare(config) else [*found, Module("lm_head", {"head": there["head"]})]


def bias_keys(modules, adapted, mode):
    """{key in the file: our biases in it} of the biases of linear layers that PEFT saves by the mode."""
    chosen = {"none": [], "lora_only": adapted, "all": modules}[mode]
    return {f"{PREFIX}{m.name}.{BASE if m in adapted else ''}bias": m.biases() for m in chosen if m.biases()}


def norm_biases(model, architecture, bare):
    """{key in the file: our parameter} of the biases of the layer norms, which PEFT trains and saves too where bias is "all"."""
    parameters = dict(model.named_parameters())
    stored = {ours: place.name for ours, place in architecture.stored(model.config).items() if ours.endswith(".beta")}
    prefix = architecture.prefix if bare else ""
    return {PREFIX + theirs.removeprefix(prefix): parameters[ours] for ours, theirs in stored.items()}
