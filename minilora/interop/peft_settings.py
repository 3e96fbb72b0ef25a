"""adapter_config.json of PEFT, read strictly: a setting that changes what is computed is understood, or refused by its name."""

import re
import warnings
from dataclasses import dataclass
from reprlib import repr as shown  # short, and on one line

from minilora import files
from minilora.adapters.dora import DoRA
from minilora.adapters.lora import LoRA
from minilora.adapters.rslora import RSLoRA
from minilora.adapters.spec import BIAS_MODES

DEFAULT_TARGETS = {"gpt2": ["c_attn"], "llama": ["q_proj", "v_proj"], "bert": ["query", "value"]}  # where the file names none
ALL_LINEAR = "all-linear"
READ = {
    "r", "lora_alpha", "lora_dropout", "bias", "use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "target_modules",
    "exclude_modules", "layers_to_transform", "layers_pattern", "peft_type", "init_lora_weights",
}  # fmt: skip
WITHOUT_EFFECT = {  # on what a trained adapter computes; a wrong fan_in_fan_out PEFT puts right itself
    "task_type", "base_model_name_or_path", "revision", "inference_mode", "auto_mapping", "peft_version", "fan_in_fan_out",
    "megatron_core", "qalora_group_size", "runtime_config", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
}  # fmt: skip
STARTS = ("gaussian", "orthogonal", "eva", "mica", "lora_ga")  # the file's arrays take the place of such a start
OTHER_STARTS = {  # PEFT does so again as it loads
    "pissa": "changes the base", "olora": "changes the base", "corda": "changes the base", "loftq": "quantises the base",
}  # fmt: skip
WHOLE, END, PART = "{}", r"(.*\.)?({})$", r"(?:^|.*?\.){}\.(?P<idx>\d+)\."  # how PEFT takes regular expressions
ANY_PART = re.compile(r".*?\.[^.]*\.(?P<idx>\d+)\.")
REASONS = {
    "modules_to_save": "saves whole modules beside the adapter, which minilora's adapters do not hold",
    "lora_bias": "adds a bias to B, which minilora's LoRA does not have",
    "trainable_token_indices": "trains rows of the embedding, which minilora's adapters do not hold",
    "ensure_weight_tying": "adapts a tied head along with the embedding; here the head stays as it was",
}


@dataclass(frozen=True)
class Settings:
    """What an adapter_config.json says, with PEFT's defaults. Patterns are {compiled regular expression: value}.

    targets, excluded: a list of names, or a compiled regular expression; targets may be "all-linear". numbers: of the layers, all
    if there is none; parts: regular expressions for what stands before the number in a name. start: of the training.
    """

    r: int
    alpha: float
    dropout: float
    bias: str
    rooted: bool
    dora: bool
    rank_pattern: dict
    alpha_pattern: dict
    targets: list | str | re.Pattern
    excluded: list | re.Pattern
    numbers: list
    parts: list
    start: object

    def selects(self, module, linear):
        """Whether a module of this whole name is adapted. linear: whether it is a matrix of a block."""
        if _named(module, self.excluded):
            return False
        if self.targets == ALL_LINEAR:
            return linear
        found = _named(module, self.targets)
        return found and (not self.numbers or module in self.targets or _place(module, self.parts) in self.numbers)

    def spec(self, layers):
        """The spec for {our layer: their module}. ValueError for a value out of range."""
        method = DoRA if self.dora else RSLoRA if self.rooted else LoRA
        ranks = {ours: _first(self.rank_pattern, theirs, self.r) for ours, theirs in layers.items()}
        alphas = {ours: _first(self.alpha_pattern, theirs, self.alpha) for ours, theirs in layers.items()}
        LoRA(self.r, self.alpha, self.dropout, self.bias, ranks, alphas)  # refuses what is no rank, and so on
        alpha = self.alpha
        if self.dora and self.rooted:  # minilora's DoRA has s = alpha / r
            alpha *= self.r**0.5
            alphas = {ours: value * ranks[ours] ** 0.5 for ours, value in alphas.items()}
        return method(
            self.r, alpha, dropout=0.0 if self.dora else self.dropout, bias=self.bias,
            rank_pattern={ours: value for ours, value in ranks.items() if value != self.r},
            alpha_pattern={ours: value for ours, value in alphas.items() if value != alpha},
        )  # fmt: skip


def read_settings(path, model_type):
    """The Settings of an adapter_config.json, for a model of this type. FileError names what is wrong or cannot be had here.

    model_type None: of a model that is not known yet; targets is None if the file leaves them to the model.
    """
    given = files.load_json(path)
    if not isinstance(given, dict):
        raise files.FileError(f"{path}: must hold an object, got {shown(given)}; save the adapter again")
    if given.get("peft_type") != "LORA":
        got = f"peft_type={shown(given['peft_type'])}" if "peft_type" in given else "no peft_type"
        raise files.FileError(f"{path}: has {got}; minilora reads LORA alone")
    _refuse_others(given, path)
    return Settings(
        r=_number(given.get("r", 8), "r", path),
        alpha=_number(given.get("lora_alpha", 8), "lora_alpha", path),
        dropout=_number(given.get("lora_dropout", 0.0), "lora_dropout", path),
        bias=given.get("bias", "none"),
        rooted=_flag(given, "use_rslora", path),
        dora=_flag(given, "use_dora", path),
        rank_pattern=_patterns(given, "rank_pattern", path),
        alpha_pattern=_patterns(given, "alpha_pattern", path),
        targets=_names(given, "target_modules", path, model_type and DEFAULT_TARGETS[model_type]),
        excluded=_names(given, "exclude_modules", path, []),
        numbers=_numbers(given, path),
        parts=_layers_pattern(given, path),
        start=given.get("init_lora_weights", True),
    )


def _refuse_others(given, path):
    start = given.get("init_lora_weights", True)
    if not (start is None or isinstance(start, bool) or (isinstance(start, str) and start.lower() in STARTS)):
        kind = next((kind for kind in OTHER_STARTS if isinstance(start, str) and start.lower().startswith(kind)), None)
        why = OTHER_STARTS.get(kind, "minilora does not know")
        convert = "save it in PEFT with path_initial_model_for_weight_conversion, which makes a LoRA of it"
        raise files.FileError(f"{path}: sets init_lora_weights={shown(start)}, which {why}: {convert}")
    for name, value in given.items():
        if name in REASONS and value not in (None, False, []):
            raise files.FileError(f"{path}: sets {name}={shown(value)}, which {REASONS[name]}")
        if name not in READ | WITHOUT_EFFECT | REASONS.keys() and value:  # what we do not know is off at None, False, 0 and {}
            unknown = f"{path}: sets {name[:60]!a}={shown(value)}, which minilora does not know"
            raise files.FileError(f"{unknown}: it may change the result")
    _flag(given, "fan_in_fan_out", path)
    if given.get("bias", "none") not in BIAS_MODES:
        raise files.FileError(f"{path}: bias must be one of {', '.join(BIAS_MODES)}, got {shown(given['bias'])}")
    numbers, parts = given.get("layers_to_transform"), given.get("layers_pattern")
    if isinstance(given.get("target_modules"), str) and not numbers is parts is None:
        raise files.FileError(f"{path}: layers_to_transform and layers_pattern need target_modules to be a list, not a string")
    if parts and numbers is None:
        raise files.FileError(f"{path}: layers_pattern needs layers_to_transform")


def _flag(given, name, path):
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise files.FileError(f"{path}: {name} must be true or false, got {shown(value)}")
    return value


def _number(value, name, path):
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise files.FileError(f"{path}: {name} must be a number, got {shown(value)}")
    return value


def _names(given, name, path, default):
    """A list of names, or one regular expression."""
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, str):
        if name == "target_modules" and value.lower() == ALL_LINEAR:
            return ALL_LINEAR
        return _expression(WHOLE, value, name, path)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise files.FileError(f"{path}: {name} must be a list of names or one regular expression, got {shown(value)}")
    return value


def _patterns(given, name, path):
    value = {} if given.get(name) is None else given[name]
    if not isinstance(value, dict):
        raise files.FileError(f"{path}: {name} must map names to numbers, got {shown(value)}")
    return {_expression(END, pattern, name, path): _number(number, name, path) for pattern, number in value.items()}


def _numbers(given, path):
    value = given.get("layers_to_transform")
    value = [] if value is None else [value] if isinstance(value, int) else value
    if not isinstance(value, list) or not all(isinstance(i, int) and not isinstance(i, bool) for i in value):
        raise files.FileError(f"{path}: layers_to_transform must list numbers of layers, got {shown(value)}")
    return value


def _layers_pattern(given, path):
    value = given.get("layers_pattern") or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise files.FileError(f"{path}: layers_pattern must list names, got {shown(value)}")
    return [_expression(PART, entry, "layers_pattern", path) for entry in value]


def _expression(form, text, name, path):
    """The compiled regular expression of a text. FileError if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a later Python will read otherwise
            return re.compile(form.replace("{}", text))
    except (re.error, RecursionError, OverflowError) as error:
        raise files.FileError(f"{path}: {name} holds {shown(text)}, which is no regular expression ({error})") from error


def _named(module, names):
    """Whether names select a module: an expression for its whole name, or in a list its whole name or a dotted end."""
    if isinstance(names, re.Pattern):
        return names.fullmatch(module) is not None
    return module in names or any(module.endswith(f".{name}") for name in names)


def _first(patterns, module, default):
    """The value of the first pattern that fits all of a name, or an end of it that follows a dot."""
    return next((value for pattern, value in patterns.items() if pattern.match(module)), default)


def _place(module, parts):
    """The first number in a name that is a part of its own, or the one behind a part that is given; None if there is none."""
    found = next((found for part in parts or [ANY_PART] if (found := part.match(module))), None)
    return int(found["idx"]) if found else None
