"""What a family of checkpoints calls its settings and its tensors, and which of each cannot be had here."""

import re
from dataclasses import dataclass, field

from minilora.nn import TransformerConfig

# What config.json holds besides: nothing that changes what the model computes in evaluation mode.
WITHOUT_EFFECT = {
    "_name_or_path", "architectures", "attention_dropout", "attention_probs_dropout_prob", "attn_pdrop", "bos_token_id",
    "classifier_dropout", "dtype", "embd_pdrop", "eos_token_id", "gradient_checkpointing", "hidden_dropout_prob", "id2label",
    "initializer_range", "is_llama_config", "label2id", "model_type", "n_ctx", "output_past", "pad_token_id", "pretraining_tp",
    "reorder_and_upcast_attn", "resid_pdrop", "summary_activation", "summary_first_dropout",
    "summary_proj_to_labels", "summary_type", "summary_use_proj", "task_specific_params", "torch_dtype", "transformers.js_config",
    "transformers_version", "unk_token_id", "use_cache",
}  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """Where a checkpoint keeps one of our parameters."""

    name: str
    transposed: bool = False  # (in, out), as GPT-2's Conv1D has it


@dataclass(frozen=True)
class Architecture:
    """One model_type of Hugging Face's, as settings of `Transformer`.

    fixed       fields of TransformerConfig that all its models share
    fields      {their setting: (our field, what it is where config.json does not say)}; the default ... means it must be there
    mlp         (their setting, its default, {its value: our mlp})
    required    {their setting: values with which their model computes what ours does}; the first is the default
    prefix      stands before the names of all tensors but the head's; a bare model's file leaves it out
    block       the prefix of a block's tensors
    names       {our layer: theirs}, of those outside the blocks; layers: of those in them
    transposed  our layers whose W is stored (in, out)
    ignored     patterns of tensors that are no parameters of ours: masks, or heads of a training that is over
    """

    model_type: str
    classes: tuple
    fixed: dict
    fields: dict
    mlp: tuple
    required: dict
    prefix: str
    block: str
    names: dict
    layers: dict
    transposed: tuple = ()
    ignored: tuple = ()
    written: dict = field(default_factory=dict)

    def config(self, settings, **overrides):
        """The TransformerConfig of a config.json (a dict). ValueError names what is missing, or what cannot be had here."""
        self._refuse(settings)
        name, default, kinds = self.mlp
        fields = {"mlp": kinds[self._one_of(settings, name, default, tuple(kinds))]}
        for theirs, (ours, default) in self.fields.items():
            value = settings.get(theirs)
            if value is None and default is ...:
                raise ValueError(f"config.json lacks {theirs}, without which no {self.model_type} can be built")
            fields[ours] = default if value is None else value
        return TransformerConfig(**(self.fixed | fields | overrides))

    def settings(self, config):
        """What config.json says of a model: the way back. ValueError for a model that this architecture cannot be."""
        for ours, value in self.fixed.items():
            if getattr(config, ours) != value:
                raise ValueError(f"a {self.model_type} has {ours}={value!r}, this model has {getattr(config, ours)!r}")
        name, _, kinds = self.mlp
        mlp = next((theirs for theirs, ours in kinds.items() if ours == config.mlp), None)
        if mlp is None:
            raise ValueError(f"a {self.model_type} has no mlp={config.mlp!r}")
        settings = {"model_type": self.model_type, "architectures": [self.classes[0]], name: mlp}
        settings |= {theirs: getattr(config, ours) for theirs, (ours, _) in self.fields.items()}
        return settings | self.written

    def stored(self, config):
        """{our parameter's name: Stored} of all that a model of this config has; the head only where it is not tied."""
        places = {f"{ours}.": f"{self.prefix}{theirs}." for ours, theirs in self.names.items()}
        for i in range(config.n_layers):
            block = self.prefix + self.block.format(i=i)
            places |= {f"blocks.{i}.{ours}.": f"{block}{theirs}." for ours, theirs in self.layers.items()}
        found = {}
        for ours, theirs in places.items():
            layer = ours.rstrip(".").split(".", 2)[-1] if ours.startswith("blocks.") else ours.rstrip(".")
            for leaf in self._leaves(layer, config):
                name = "weight" if leaf in ("W", "gamma") else "bias"
                found[ours + leaf] = Stored(theirs + name, leaf == "W" and layer in self.transposed)
        if config.n_classes is None and not config.tied:
            found["head.W"] = Stored("lm_head.weight")
        return found

    def _leaves(self, layer, config):
        if "norm" in layer:
            return ("gamma", "beta") if config.norm == "layernorm" else ("gamma",)
        if layer in self.names:
            return ("W",)
        bias = config.attn_bias if layer.startswith("attn") else config.mlp_bias
        return ("W", "b") if bias else ("W",)

    def ignores(self, name):
        """Whether a tensor of this name belongs to no parameter, by what its architecture is known to write."""
        return any(re.fullmatch(pattern, name) for pattern in self.ignored)

    def _refuse(self, settings):
        for name in self.required:
            self._one_of(settings, name, self.required[name][0], self.required[name])
        known = {*self.fields, *self.required, self.mlp[0], *WITHOUT_EFFECT}
        for name, value in settings.items():
            if name not in known and value:  # None, False and 0 switch off what we do not know
                raise ValueError(f"config.json sets {name}={value!r}, which minilora does not know for a {self.model_type}")

    def _one_of(self, settings, name, default, values):
        value = settings.get(name, default)
        if value not in values:
            raise ValueError(f"config.json sets {name}={value!r}; minilora has {' or '.join(map(repr, values))} only")
        return value
