"""A folder of PEFT's, read into a model: every name, shape and setting is checked before anything changes."""

import warnings
from pathlib import Path

import numpy as np

from minilora import backend, files
from minilora.adapters.inject import hang, refuse_layers
from minilora.interop import peft_names as names
from minilora.interop.fill import floats
from minilora.interop.peft_settings import read_settings


def load_peft(model, folder, name="default"):
    """Inject the adapter of a PEFT folder into the model under `name`, and freeze everything else. Returns the layers' names.

    It becomes LoRA, rsLoRA or DoRA, and computes what PeftModel.from_pretrained does on the same base. Where the model has q, k
    and v apart, and PEFT's has one map for them, each gets that map's A and its own rows of B. An adapter in the embedding leaves
    a tied head as it was. Of bias "all", which trains those of the layer norms too, it reads what has left these unchanged.

    files.FileError: no adapter there, or a setting that cannot be had here, named. ValueError: an array that is missing, surplus
    or of another shape, named; a rank above min(in, out); a name that is taken. A warning for what was trained beside a base that
    its start had changed, and for DoRA's dropout, which is left out.
    """
    folder = Path(folder)
    architecture = names.find_architecture(model.config)
    settings = read_settings(folder / names.CONFIG, architecture.model_type)
    stored = _open(folder)
    bare = not any(key.startswith(names.PREFIX + architecture.prefix) for key in stored.shapes)
    modules = names.find_modules(model, architecture, bare)
    adapted = [module for module in modules if settings.selects(module.name, module.in_block)]
    if not adapted:
        raise ValueError(f"{folder}: its target_modules name no layer that this model has")
    try:
        spec = settings.spec({ours: module.name for module in adapted for ours in module.layers})
    except (ValueError, OverflowError) as error:
        raise files.FileError(f"{folder / names.CONFIG}: {error}") from error
    chosen = {ours for module in adapted for ours in module.layers}
    layers = {ours: layer for ours, layer in model.named_layers() if ours in chosen}
    refuse_layers(model, spec, layers, name)
    trained = names.bias_keys(modules, adapted, settings.bias)
    base = _tables(modules) | (names.norm_biases(model, architecture, bare) if settings.bias == "all" else {})
    expected = {module.key(leaf): shape for module in adapted for leaf, shape in _shapes(module, spec).items()}
    expected |= {key: (sum(b.shape[0] for b in biases),) for key, biases in trained.items()}
    others = [key for key in stored.shapes if settings.bias == "all" and architecture.ignores(key.removeprefix(names.PREFIX))]
    _refuse_keys(stored.shapes, expected, base, others, folder)
    arrays = {key: floats(stored.read(key), key, model.dtype, folder) for key in expected}
    _refuse_base(stored, base, model.dtype, folder)
    own = {}
    for module in adapted:
        own |= _split(module, spec, arrays)
    hang(model, spec, layers, name, own)
    for key, biases in trained.items():
        for b, part in zip(biases, np.split(arrays[key], _ends(biases)), strict=True):
            b.data = backend.asarray(part)
    _warn(settings, folder)
    return list(layers)


def _open(folder):
    if not (folder / names.ARRAYS).exists() and (folder / "adapter_model.bin").exists():
        convert = "save it in PEFT with safe_serialization=True"
        raise files.FileError(f"{folder}: holds adapter_model.bin, a pickle, which minilora does not read: {convert}")
    return files.StoredArrays(folder / names.ARRAYS)


def _shapes(module, spec):
    """{leaf: shape} of a module's arrays in the file: A is common to its parts, of the rest each has its own rows."""
    shapes = [spec.at(ours).shapes(layer) for ours, layer in module.layers.items()]
    rows = {leaf: sum(shape[leaf][0] for shape in shapes) for leaf in shapes[0]}
    return {leaf: shape if leaf == "A" else (rows[leaf], *shape[1:]) for leaf, shape in shapes[0].items()}


def _tables(modules):
    """{key: Parameter} of what PEFT saves of the base beside an adapter in it, or when the vocabulary has been resized."""
    outside = [module for module in modules if not module.in_block]
    return {f"{names.PREFIX}{m.name}.{between}weight": m.layer.original for m in outside for between in ("", names.BASE)}


def _refuse_keys(there, expected, base, others, folder):
    """ValueError if an array is missing, surplus or of another shape."""
    for key in expected:
        if key not in there:
            raise ValueError(f"{folder} lacks {key}, which its settings promise")
    wanted = {key: p.shape for key, p in base.items()} | expected
    for key, shape in there.items():
        if key not in wanted and key not in others:
            raise ValueError(f"{folder} holds {key[:150]!a}, for which this model, or its settings, have no place")
        if shape != wanted.get(key, shape):
            raise ValueError(f"{folder}: {key} has shape {shape}, this model and its settings need {wanted[key]}")


def _refuse_base(stored, base, dtype, folder):
    """ValueError if the file holds a part of its base that is not this model's."""
    for key in stored.shapes:
        if key in base and not np.array_equal(floats(stored.read(key), key, dtype, folder), backend.asnumpy(base[key].data)):
            raise ValueError(f"{folder}: {key} is of the base, and not as this model's: the adapter belongs to a changed base")


def _split(module, spec, arrays):
    """{our layer: {leaf: array}} of one module: its A for each of ours, and their own rows of the rest."""
    found = {ours: {} for ours in module.layers}
    for leaf in spec.shapes(module.layer):
        a = arrays[module.key(leaf)]
        ends = _ends([layer.W for layer in module.layers.values()])
        rows = [a] * len(found) if leaf == "A" else np.split(a, ends)
        for ours, part in zip(found, rows, strict=True):
            found[ours][leaf] = backend.asarray(part.copy())
    return found


def _ends(parameters):
    """Where the rows of each end but the last's, in one array of all."""
    return np.cumsum([p.shape[0] for p in parameters])[:-1]


def _warn(settings, folder):
    if settings.start is not True and str(settings.start).lower() == "lora_ga":
        base = "it is right beside that base alone, or converted by path_initial_model_for_weight_conversion"
        warnings.warn(f"{folder}: lora_ga changes the base before it trains: {base}", stacklevel=3)
    if settings.dora and settings.dropout:
        left = f"its dropout, {settings.dropout}, is left out: minilora's dora takes none"
        warnings.warn(f"{folder}: {left}; results are the same, further training is not", stacklevel=3)
