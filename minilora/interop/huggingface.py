"""Checkpoints of Hugging Face: a folder with config.json and safetensors, one file or several with an index."""

import re
import warnings
from dataclasses import replace
from pathlib import Path
from reprlib import repr as shown

import numpy as np

from minilora import backend, files
from minilora.adapters.inject import adapters_of
from minilora.interop.bert import BERT
from minilora.interop.fill import build, refuse_depth
from minilora.interop.gpt2 import GPT2
from minilora.interop.llama import LLAMA

ARCHITECTURES = {architecture.model_type: architecture for architecture in (GPT2, LLAMA, BERT)}
WHOLE, INDEX = "model.safetensors", "model.safetensors.index.json"
FILE = r"[\w.-]{1,200}"  # a name in an index: of a file in the same folder


def load_huggingface(folder, dtype="float32", n_classes=None, pool="mean"):
    """The Transformer of a folder with config.json and model.safetensors, or several files with an index; in evaluation mode.

    The dropout that config.json sets is left out: the model is evaluated, adapted and trained without. dtype: what to compute in,
    "float32" or "float64"; bfloat16 and float16 are widened. n_classes: a classifier, whose new head reads what `pool` names
    ("mean", "cls" or "last"). An encoder has no head of its own that we read: take `model.features`, or give n_classes.
    ValueError names an architecture or a setting that minilora has no part for, and lists the tensors that are missing, surplus
    or of another shape; files.FileError for a file that is missing or damaged.
    A UserWarning names the head of an encoder's pre-training that is in the file, and left out.
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
    refuse_depth(config.n_layers, tensors, folder)
    places = architecture.spelled(architecture.stored(config), tensors.shapes)
    _refuse_no_head(architecture, places, tensors, folder)
    model = build(config, places, tensors, architecture.ignores, dtype, folder)
    _refuse_another_head(model, tensors, folder)
    _warn_of_a_head(model, tensors, folder)
    return model


def save_huggingface(model, folder):
    """Write a model as a checkpoint that Transformers loads: config.json and model.safetensors.

    What is merged is written merged, what is disabled is left out. Maps q, k, v are fused, or parted, as the architecture has
    them. An encoder is written without its head, and without a pooler, which it never had: Transformers draws a new one, unless
    told add_pooling_layer=False. RuntimeError while an adapter is at work that is not merged; ValueError for a model that none
    of the architectures can be, such as a classifier; files.FileError if the folder cannot be written.
    """
    for layer_name, layer, key, adapter in adapters_of(model):
        if adapter in layer.active:
            raise RuntimeError(f"adapter {key!r} hangs in {layer_name}: merge(model) first, or save_peft(model, folder)")
    tied = model.head.W is model.embed.W  # merging into one of the two unties them
    config = replace(model.config, tied=tied)
    architecture = architecture_of(config)
    settings = architecture.settings(config) | {"dtype": model.dtype}
    parameters = {name: backend.asnumpy(p.data) for name, p in model.named_parameters()}
    if config.fused_qkv != architecture.fixed["fused_qkv"]:
        parameters |= regrouped(parameters, config)
    arrays = {}
    for ours, place in architecture.stored(config).items():
        arrays[place.name] = parameters[ours].T if place.transposed else parameters[ours]
    files.save_arrays(Path(folder) / WHOLE, arrays, {"format": "pt"})
    files.save_json(Path(folder) / "config.json", settings)


def regrouped(parameters, config):
    """{name: array} of q, k and v as one map if they are apart in {name: array}, and apart if they are one."""
    found, D = {}, config.d_head
    ends = np.cumsum([config.n_heads * D, config.n_kv_heads * D])
    for name, a in parameters.items():
        stem, _, leaf = name.rpartition(".")
        if stem.endswith("attn.qkv"):
            parts = np.split(a, ends)
            found |= {f"{stem[:-3]}{part}.{leaf}": b for part, b in zip("qkv", parts, strict=True)}
        elif stem.endswith("attn.q"):
            found[f"{stem}kv.{leaf}"] = np.concatenate([parameters[f"{stem[:-1]}{part}.{leaf}"] for part in "qkv"])
    return found


def read_settings(folder):
    """config.json as a dict. files.FileError if there is none, or if it is something else."""
    settings = files.load_json(Path(folder) / "config.json")
    if not isinstance(settings, dict):
        raise files.FileError(f"{folder}: config.json must hold an object, got {type(settings).__name__}; download it again")
    return settings


def find_architecture(settings, folder):
    """The Architecture that a config.json names. ValueError lists those there are."""
    kind, classes = settings.get("model_type"), settings.get("architectures") or []
    there = ", ".join(f"{a.model_type} ({', '.join(a.classes)})" for a in ARCHITECTURES.values())
    if not isinstance(kind, str) or kind not in ARCHITECTURES:
        raise ValueError(f"{folder}: config.json sets model_type={shown(kind)}, which minilora does not have; it has {there}")
    if not isinstance(classes, list):
        raise ValueError(f"{folder}: config.json sets architectures={shown(classes)}; it must be a list of names")
    if other := [name for name in classes if name not in ARCHITECTURES[kind].classes]:
        raise ValueError(f"{folder}: config.json names {shown(other[0])}, which minilora does not have; it has {there}")
    return ARCHITECTURES[kind]


def architecture_of(config):
    """The Architecture that a model of this config can be written as. ValueError says why it is none."""
    if config.n_classes:
        raise ValueError("a classifier has no counterpart in Transformers whose head is ours: save it with save_checkpoint")
    kind = "bert" if not config.norm_first else "llama" if config.position == "rope" else "gpt2"
    ARCHITECTURES[kind].settings(config)
    return ARCHITECTURES[kind]


class Shards:
    """Several safetensors files as one, as model.safetensors.index.json lists them."""

    def __init__(self, folder):
        index = files.load_json(folder / INDEX)
        places = index.get("weight_map") if isinstance(index, dict) else None
        beside = isinstance(places, dict) and all(isinstance(name, str) and re.fullmatch(FILE, name) for name in places.values())
        if not beside:
            raise files.FileError(f"{folder / INDEX}: has no weight_map of tensors to files beside it; download it again")
        opened = {name: files.StoredArrays(folder / name) for name in dict.fromkeys(places.values())}
        self._file = {tensor: opened[name] for tensor, name in places.items()}
        for tensor, file in self._file.items():
            if tensor not in file.shapes:
                raise files.FileError(f"{file.path}: lacks {shown(tensor)}, which the index places there; download it again")
        for file in opened.values():
            if other := [tensor for tensor in file.shapes if self._file.get(tensor) is not file]:
                surplus = f"{file.path}: holds {shown(other[0])}"
                raise files.FileError(f"{surplus}, which the index does not place there; download it again")
        self.shapes = {tensor: file.shapes[tensor] for tensor, file in self._file.items()}

    def read(self, name):
        return self._file[name].read(name)


def open_tensors(folder):
    """The tensors of a checkpoint: .shapes and .read(name). files.FileError if there are none in safetensors."""
    if (folder / WHOLE).exists():
        return files.StoredArrays(folder / WHOLE)
    if not (folder / INDEX).exists():
        raise files.FileError(f"{folder}: holds no {WHOLE}; minilora reads no pickle: save the model as safetensors")
    return Shards(folder)


def _refuse_no_head(architecture, places, tensors, folder):
    """A file of the class without a head has all but that."""
    if [place.name for place in places.values() if place.name not in tensors.shapes] != ["lm_head.weight"]:
        return
    untied = "it lacks lm_head.weight, and config.json does not tie the head to the embedding"
    mend = f"save it as {architecture.classes[0]}, or give n_classes for a new head"
    raise ValueError(f"{folder} holds a bare model without a head: {untied}; {mend}")


def _refuse_another_head(model, tensors, folder):
    """A tied head may be in the file too, and must then be the embedding."""
    if "lm_head.weight" not in tensors.shapes or not model.config.tied or model.config.n_classes:
        return
    if not np.array_equal(tensors.read("lm_head.weight").astype(model.dtype), backend.asnumpy(model.embed.W.data)):
        raise ValueError(f"{folder}: config.json ties the head to the embedding, but lm_head.weight is another matrix")


def _warn_of_a_head(model, tensors, folder):
    """An encoder's own head is more than the embedding: what we compute in its place is not what it was trained for."""
    if model.config.causal or model.config.n_classes:
        return
    if left := [name for name in tensors.shapes if name.startswith("cls.")]:
        head = f"{left[0]} and {len(left) - 1} more" if left[1:] else left[0]
        instead = "logits are not those of the model's own head: take model.features, or give n_classes"
        warnings.warn(f"{folder}: the head of the encoder's pre-training is left out ({head}); {instead}", stacklevel=3)
