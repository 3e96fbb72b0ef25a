"""What a family of checkpoints calls its settings and its tensors, and which of each cannot be had here."""

import re
from dataclasses import asdict, dataclass, field, fields, replace
from numbers import Real
from reprlib import repr as shown  # short, and on one line, whatever the value is

from minilora.interop.shapes import parameter_shapes
from minilora.nn import TransformerConfig

# What config.json holds besides: nothing that changes what the model computes in evaluation mode.
WITHOUT_EFFECT = {
    "_attn_implementation", "_attn_implementation_autoset", "_name_or_path", "_num_labels", "architectures",
    "attention_dropout", "attention_probs_dropout_prob", "attn_pdrop", "bos_token_id", "chunk_size_feed_forward",
    "classifier_dropout", "directionality", "do_sample", "dtype", "embd_pdrop", "eos_token_id", "finetuning_task",
    "gradient_checkpointing", "hidden_dropout_prob", "id2label", "initializer_range", "is_llama_config", "label2id",
    "max_length", "model_type", "n_ctx", "output_attentions", "output_hidden_states", "output_past", "pad_token_id",
    "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type",
    "pretraining_tp", "problem_type", "reorder_and_upcast_attn", "resid_pdrop", "return_dict", "summary_activation",
    "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj", "task_specific_params",
    "temperature", "top_k", "top_p", "torch_dtype", "transformers.js_config", "transformers_version", "unk_token_id",
    "use_cache",
}  # fmt: skip
LEAVES = {"W": "weight", "gamma": "weight", "b": "bias", "beta": "bias"}
NOT_WRITTEN = {"dropout", "fused_qkv", "n_classes", "pool"}  # of our fields: how we store and train, not what is computed
TYPES = {f.name: f.type for f in fields(TransformerConfig)}
LARGEST = 1 << 62


@dataclass(frozen=True)
class Stored:
    """Where a checkpoint keeps one of our parameters."""

    name: str
    transposed: bool = False  # (in, out), as GPT-2's Conv1D has it


@dataclass(frozen=True)
class Architecture:
    """One model_type of Hugging Face's, as settings of `Transformer`.

    fixed       fields of TransformerConfig that all its models share
    fields      {their setting: (our field, what it is where config.json does not say)}
    mlp         (their setting, its default, {its value: our mlp})
    required    {their setting: values with which their model computes what ours does}; the first is the default
    prefix      stands before the names of all tensors but the head's; a bare model's file leaves it out
    block       the prefix of a block's tensors
    names       {our layer: theirs}, of those outside the blocks; layers: of those in them
    transposed  our layers whose W is stored (in, out)
    ignored     patterns of tensors that are no parameters of ours: masks, or heads of a training that is over
    renamed     {the end of a tensor's name: what older files have there}
    dropouts    their settings of what is our one dropout; written, but not read
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
    renamed: dict = field(default_factory=dict)
    dropouts: tuple = ()

    def config(self, settings, **overrides):
        """The TransformerConfig of a config.json (a dict). ValueError names what is of the wrong type, or cannot be had here."""
        settings = _flat(settings)
        self._refuse(settings)
        name, default, kinds = self.mlp
        chosen = {"mlp": kinds[_one_of(settings, name, default, tuple(kinds))]}
        for theirs, (ours, default) in self.fields.items():
            value = settings.get(theirs)
            chosen[ours] = default if value is None else _typed(theirs, value, TYPES[ours])
        try:
            return TransformerConfig(**(self.fixed | chosen | overrides))
        except ValueError as error:
            theirs = {ours: theirs for theirs, (ours, _) in self.fields.items()}
            reason = re.sub(r"\w+", lambda word: theirs.get(word[0], word[0]), str(error))
            raise ValueError(f"config.json cannot be: {reason}") from error

    def settings(self, config):
        """What config.json says of a model: the way back. ValueError for a model that this architecture cannot be."""
        name, _, kinds = self.mlp
        mlp = next((theirs for theirs, ours in kinds.items() if ours == config.mlp), None)
        if mlp is None:
            raise ValueError(f"a {self.model_type} has no mlp={config.mlp!r}")
        settings = {"model_type": self.model_type, "architectures": [self.classes[0]], name: mlp}
        settings |= {theirs: getattr(config, ours) for theirs, (ours, _) in self.fields.items()}
        back = asdict(self.config(settings))
        turns = set() if config.position == "rope" else {"rope_base", "rope_interleaved"}
        for ours, value in asdict(config).items():
            if ours not in NOT_WRITTEN | turns and back[ours] != value:
                raise ValueError(f"a {self.model_type} has {ours}={back[ours]!r}, this model has {value!r}")
        if config.d_model % config.n_heads:
            raise ValueError(f"Transformers reads no d_model={config.d_model} that is no multiple of n_heads={config.n_heads}")
        settings |= {theirs: back[ours] for theirs, (ours, _) in self.fields.items()}  # of the types that they ask for
        settings |= dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"))  # the tokeniser's: here nobody knows them
        return settings | dict.fromkeys(self.dropouts, config.dropout)

    def stored(self, config):
        """{our parameter's name: Stored} of all that a model of this config has, but for the head of a classifier.

        q, k and v are one map, or three, as the architecture has them, whatever the config says.
        """
        own = parameter_shapes(replace(config, fused_qkv=self.fixed["fused_qkv"]))
        own = [ours for ours in own if not (config.n_classes and ours.startswith("head."))]
        return {ours: self._place(ours) for ours in own}

    def _place(self, ours):
        layer, _, leaf = ours.rpartition(".")
        if layer == "head":
            return Stored("lm_head.weight")
        if layer.startswith("blocks."):
            _, i, layer = layer.split(".", 2)
            theirs = self.block.format(i=i) + self.layers[layer]
        else:
            theirs = self.names[layer]
        return Stored(f"{self.prefix}{theirs}.{LEAVES[leaf]}", leaf == "W" and layer in self.transposed)

    def spelled(self, places, there):
        """What `stored` gives, with the names that a file has, which are `there`: without the prefix, or as they were once."""
        if not any(name.startswith(self.prefix) for name in there):
            places = {ours: replace(place, name=place.name.removeprefix(self.prefix)) for ours, place in places.items()}
        for end, older in self.renamed.items():
            for ours, place in places.items():
                if place.name.endswith(end) and (name := place.name.removesuffix(end) + older) in there:
                    places[ours] = replace(place, name=name)
        return places

    def ignores(self, name):
        """Whether a tensor of this name belongs to no parameter, by what its architecture is known to write."""
        return any(re.fullmatch(pattern, name) for pattern in self.ignored)

    def _refuse(self, settings):
        for name, values in self.required.items():
            _one_of(settings, name, values[0], values)
        known = {*self.fields, *self.required, self.mlp[0], *WITHOUT_EFFECT}
        for name, value in settings.items():
            if name not in known and value:  # None, False and 0 switch off what we do not know
                unknown = f"config.json sets {_name(name)}={shown(value)}, which minilora does not know for a {self.model_type}"
                raise ValueError(f"{unknown}, so that its model may compute something else")


def _flat(settings):
    """The settings with those of rope_parameters beside the rest, as files had them before Transformers 5."""
    inner = settings.get("rope_parameters")
    if inner is None:
        return settings
    if not isinstance(inner, dict):
        raise ValueError(f"config.json sets rope_parameters={shown(inner)}; it must be an object")
    outer = {name: value for name, value in settings.items() if name != "rope_parameters"}
    if both := [name for name in inner if name in outer and name != "rope_theta"]:  # Transformers takes the inner rope_theta
        raise ValueError(f"config.json sets {_name(both[0])} in rope_parameters and outside of it; remove one")
    return outer | inner


def _one_of(settings, name, default, values):
    value = settings.get(name)
    value = default if value is None else value
    if value not in values:
        raise ValueError(f"config.json sets {name}={shown(value)}; minilora has {' or '.join(map(repr, values))} only")
    return value


def _typed(name, value, kind):
    """The value of a setting, of the type that our field has; a float may be written as an integer."""
    if kind is bool:
        fits, wanted = isinstance(value, bool), "true or false"
    elif kind is float:
        fits, wanted = isinstance(value, Real) and not isinstance(value, bool) and abs(value) < LARGEST, "a number"
    else:
        fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST
        wanted = "a whole number"
    if not fits:
        raise ValueError(f"config.json sets {name}={shown(value)}; it must be {wanted}")
    return float(value) if kind is float else value


def _name(name):
    return name if re.fullmatch(r"[\w.-]{1,60}", name) else shown(name)
