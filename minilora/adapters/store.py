"""Adapters as files: a folder with adapter.safetensors (the arrays) and adapter.json (what they are).

The JSON is written last and holds the arrays' fingerprint, so a half-written folder is noticed.
"""

import hashlib
import warnings
from dataclasses import asdict
from pathlib import Path

from minilora import backend, files
from minilora.adapters.inject import adapters_of, biases, inject
from minilora.adapters.methods import METHODS
from minilora.nn.linear import Linear

FORMAT = "minilora adapter 1"


def save_adapter(model, folder, name="default"):
    """Write the adapter `name` to a folder: its arrays, its spec, the biases it trained, and a fingerprint of the W it hangs on.

    ValueError if the model has no such adapter; files.FileError if the folder cannot be written.
    """
    found = adapters_of(model, name)
    spec = found[0][-1].spec
    arrays = {f"{layer}.{leaf}": p.data for layer, _, _, adapter in found for leaf, p in adapter.named_parameters()}
    arrays |= {p.name: p.data for p in biases(model, [layer for _, layer, *_ in found], spec.bias)}
    folder = Path(folder)
    files.save_arrays(folder / "adapter.safetensors", arrays)
    description = {
        "format": FORMAT,
        "method": spec.method,
        "spec": asdict(spec),
        "layers": [layer for layer, *_ in found],
        "base": _fingerprint({key: _base(layer) for key, layer, *_ in found}),
        "arrays": _fingerprint(arrays),
    }
    files.save_json(folder / "adapter.json", description)


def load_adapter(model, folder, name="default"):
    """Inject the adapter of a folder into the model under `name`, and freeze everything else. Returns the layers' names.

    Everything is checked before anything changes. files.FileError: no adapter there, or its two files do not belong together.
    ValueError: a layer, a name or a shape that does not fit, named. A warning if the base weights are not those it was saved on.
    """
    folder = Path(folder)
    spec, layer_names, base, fingerprint = _read_description(folder / "adapter.json")
    arrays, _ = files.load_arrays(folder / "adapter.safetensors")
    if _fingerprint(arrays) != fingerprint:
        raise files.FileError(f"{folder}: adapter.safetensors is not the one that adapter.json was written for: save it again")
    linears = _check_fit(model, layer_names, spec, arrays, folder)
    if _fingerprint({key: _base(layer) for key, layer in linears.items()}) != base:
        warnings.warn(f"{folder}: the model's weights are not those that the adapter was trained on", stacklevel=2)
    layers = inject(model, spec, targets=layer_names, name=name)
    own = {f"{layer}.{leaf}": p for layer, _, _, adapter in adapters_of(model, name) for leaf, p in adapter.named_parameters()}
    parameters = dict(model.named_parameters()) | own
    for key, value in arrays.items():
        parameters[key].data = backend.asarray(value)
    return layers


def _read_description(path):
    """(spec, names of the layers, fingerprint of their W, fingerprint of the arrays). FileError if the file gives none."""
    description = files.load_json(path)
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise files.FileError(f"{path} describes no {FORMAT}: name a folder that save_adapter wrote")
    try:
        spec = METHODS[description["method"]](**description["spec"])
        layers, base, arrays = description["layers"], description["base"], description["arrays"]
    except (KeyError, TypeError, ValueError) as error:
        raise files.FileError(f"{path}: its adapter cannot be made here ({error!r}); save it again with this version") from error
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, str) for layer in layers):
        raise files.FileError(f"{path}: 'layers' must list the names of adapted layers, got {layers!r}; save it again")
    return spec, layers, base, arrays


def _check_fit(model, layer_names, spec, arrays, folder):
    """{name: the model's layer}. ValueError if one is missing, or an array is missing, surplus or of another shape."""
    there = {key: layer for key, layer in model.named_layers() if isinstance(layer, Linear)}
    for key in layer_names:
        if key not in there:
            raise ValueError(f"{folder} adapts {key}, which this model does not have")
    linears = {key: there[key] for key in layer_names}
    expected = {p.name: p.data.shape for p in biases(model, linears.values(), spec.bias)}
    for key, layer in linears.items():
        expected |= spec.shapes(key, layer)
    for key in sorted(arrays):
        if key not in expected:
            raise ValueError(f"{folder} holds {key}, which this model has no place for")
    for key, shape in expected.items():
        if key not in arrays:
            raise ValueError(f"{folder} lacks {key}, which its description promises")
        if arrays[key].shape != shape:
            raise ValueError(f"{folder}: {key} has shape {arrays[key].shape}, this model needs {shape}")
    return linears


def _base(layer):
    """The layer's W without anything that is merged into it."""
    return (layer.unmerged_W or layer.W).data


def _fingerprint(arrays):
    """A hash of {name: array}: of names, dtypes, shapes and values."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = backend.asnumpy(arrays[name])
        digest.update(f"{name} {array.dtype} {array.shape} ".encode() + array.tobytes())
    return digest.hexdigest()
