"""Checkpoints of Hugging Face: a folder with config.json and safetensors, one file or several with an index."""

from dataclasses import replace
from pathlib import Path

from minilora import backend, files
from minilora.adapters.inject import adapters_of
from minilora.interop.bert import BERT
from minilora.interop.fill import build
from minilora.interop.gpt2 import GPT2
from minilora.interop.llama import LLAMA

ARCHITECTURES = {architecture.model_type: architecture for architecture in (GPT2, LLAMA, BERT)}
WHOLE, INDEX = "model.safetensors", "model.safetensors.index.json"


def load_huggingface(folder, dtype="float32", n_classes=None, pool="mean"):
    """The Transformer of a folder with config.json and model.safetensors, in evaluation mode, without dropout.

    dtype: what to compute in; bfloat16 and float16 are widened. n_classes: a classifier, whose new head reads what `pool` names
    ("mean", "cls" or "last"). An encoder has no head of its own that we read: take `model.features`, or give n_classes.
    ValueError names an architecture or a setting that minilora has no part for, and lists the tensors that are missing, surplus
    or of another shape; files.FileError for a file that is missing or damaged.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    architecture = find_architecture(settings, folder)
    overrides = {} if n_classes is None else {"n_classes": n_classes, "pool": pool}
    try:
        config = architecture.config(settings, **overrides)
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from error
    tensors = open_tensors(folder)
    places = architecture.stored(config)
    if not any(name.startswith(architecture.prefix) for name in tensors.shapes):
        places = {ours: replace(place, name=place.name.removeprefix(architecture.prefix)) for ours, place in places.items()}
    model = build(config, places, tensors, architecture.ignores, dtype, folder)
    _refuse_another_head(model, tensors, folder)
    return model


def save_huggingface(model, folder):
    """Write a model as a checkpoint that Transformers loads: config.json and model.safetensors.

    What is merged is written merged. RuntimeError while an adapter hangs in it that is not; ValueError for a model that none of
    the architectures can be, such as a classifier.
    """
    folder = Path(folder)
    for layer_name, _, key, adapter in adapters_of(model):
        if not adapter.merged:
            raise RuntimeError(f"adapter {key!r} hangs in {layer_name}: merge(model) first, or save_peft(model, folder)")
    architecture, config = architecture_of(model.config), model.config
    parameters = dict(model.named_parameters())
    arrays = {}
    for ours, place in architecture.stored(config).items():
        a = backend.asnumpy(parameters[ours].data)
        arrays[place.name] = a.T if place.transposed else a
    files.save_arrays(folder / WHOLE, arrays, {"format": "pt"})
    files.save_json(folder / "config.json", architecture.settings(config) | {"dtype": model.dtype})


def read_settings(folder):
    """config.json as a dict, with what stands in rope_parameters beside the rest."""
    settings = files.load_json(Path(folder) / "config.json")
    if not isinstance(settings, dict):
        raise files.FileError(f"{folder}: config.json must hold an object, got {type(settings).__name__}; download it again")
    inner = settings.pop("rope_parameters", None)
    return settings | (inner if isinstance(inner, dict) else {})


def find_architecture(settings, folder):
    """The Architecture that a config.json names. ValueError lists those there are."""
    kind, classes = settings.get("model_type"), settings.get("architectures") or []
    there = ", ".join(f"{a.model_type} ({', '.join(a.classes)})" for a in ARCHITECTURES.values())
    if kind not in ARCHITECTURES:
        raise ValueError(f"{folder}: minilora has no architecture {kind!r}; it has {there}")
    if other := [name for name in classes if name not in ARCHITECTURES[kind].classes]:
        raise ValueError(f"{folder}: minilora has no {other[0]}; it has {there}")
    return ARCHITECTURES[kind]


def architecture_of(config):
    """The Architecture that a model of this config can be written as. ValueError says why it is none."""
    if config.n_classes:
        raise ValueError("a classifier has no counterpart whose head is ours: save it with save_checkpoint")
    kind = "bert" if not config.norm_first else "llama" if config.position == "rope" else "gpt2"
    ARCHITECTURES[kind].settings(config)
    return ARCHITECTURES[kind]


class Shards:
    """Several safetensors files as one, as model.safetensors.index.json lists them."""

    def __init__(self, folder):
        index = files.load_json(folder / INDEX)
        places = index.get("weight_map") if isinstance(index, dict) else None
        if not isinstance(places, dict) or not all(isinstance(name, str) for name in places.values()):
            raise files.FileError(f"{folder / INDEX}: has no weight_map of tensors to files; download it again")
        opened = {name: files.StoredArrays(folder / Path(name).name) for name in dict.fromkeys(places.values())}
        self._file = {tensor: opened[name] for tensor, name in places.items()}
        for tensor, file in self._file.items():
            if tensor not in file.shapes:
                raise files.FileError(f"{file.path}: lacks {tensor}, which the index places there; download it again")
        self.shapes = {tensor: file.shapes[tensor] for tensor, file in self._file.items()}

    def read(self, name):
        return self._file[name].read(name)


def open_tensors(folder):
    """The tensors of a checkpoint: .shapes and .read(name). files.FileError if there are none in safetensors."""
    if (folder / INDEX).exists():
        return Shards(folder)
    if not (folder / WHOLE).exists():
        raise files.FileError(f"{folder}: holds no {WHOLE}; minilora reads no pickle: save the model as safetensors")
    return files.StoredArrays(folder / WHOLE)


def _refuse_another_head(model, tensors, folder):
    """A tied head may be in the file too, and must then be the embedding."""
    if "lm_head.weight" not in tensors.shapes or not model.config.tied or model.config.n_classes:
        return
    if not (tensors.read("lm_head.weight").astype(model.dtype) == backend.asnumpy(model.embed.W.data)).all():
        raise ValueError(f"{folder}: config.json ties the head to the embedding, but lm_head.weight is another matrix")
