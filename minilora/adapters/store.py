"""Adapters as files: a folder with adapter.safetensors (the arrays) and adapter.json (what they are).

The JSON is written last and holds the arrays' fingerprint, so a half-written folder is noticed.
"""

import hashlib
import warnings
from dataclasses import asdict
from pathlib import Path

from minilora import backend, files
from minilora.adapters.inject import adapters_of, biases, hang, refuse_layers, with_originals
from minilora.adapters.methods import find_method
from minilora.nn.adaptable import Adaptable

FORMAT = "minilora adapter 1"


def save_adapter(model, folder, name="default"):
    """Write the adapter `name` to a folder: its arrays, its spec, the biases it trained, and fingerprints of the base.

    The base of an adapter that came from a folder is the one named there, whatever model it hangs in now.
    ValueError if the model has no such adapter; files.FileError if the folder cannot be written.
    """
    found = adapters_of(model, name)
    spec = found[0][-1].spec
    arrays = {_key(key, layer, leaf): array for key, layer, _, adapter in found for leaf, array in adapter.arrays().items()}
    arrays |= {p.name: p.data for p in biases(model, [layer for _, layer, *_ in found], spec.bias)}
    folder = Path(folder)
    files.save_arrays(folder / "adapter.safetensors", arrays)
    description = {
        "format": FORMAT,
        "method": spec.method,
        "spec": asdict(spec),
        "layers": [layer for layer, *_ in found],
        "base": found[0][-1].base or base_of(model),
        "arrays": _fingerprint(arrays),
    }
    files.save_json(folder / "adapter.json", description)


def load_adapter(model, folder, name="default"):
    """Inject the adapter of a folder into the model under `name`, and freeze everything else. Returns the layers' names.

    Everything is checked before anything changes. files.FileError: no adapter there, or its two files do not belong together.
    ValueError: a layer, a name or a shape that does not fit, named. A warning if the base weights are not those it was saved on.
    """
    folder = Path(folder)
    spec, layer_names, base, fingerprint = read_description(folder / "adapter.json")
    arrays, _ = files.load_arrays(folder / "adapter.safetensors")
    if _fingerprint(arrays) != fingerprint:
        raise files.FileError(f"{folder}: adapter.safetensors is not the one that adapter.json was written for: save it again")
    layers = _check_fit(model, layer_names, spec, arrays, folder)
    refuse_layers(model, spec, layers, name)
    trained_biases = {p.name: p for p in biases(model, layers.values(), spec.bias)}
    hang(model, spec, layers, name, {key: _own(spec.at(key), key, layer, arrays) for key, layer in layers.items()})
    here = base_of(model)
    for key, p in trained_biases.items():
        p.data = backend.asarray(arrays[key])
    if other := [key for key in base if here.get(key) != base[key]]:
        warnings.warn(f"{folder}: the adapter was trained on another model: {other[0]} is not the same here", stacklevel=2)
    for *_, adapter in adapters_of(model, name):
        adapter.base = base
    return layer_names


def read_description(path):
    """(spec, names of the layers, fingerprints of the base, that of the arrays). FileError if the file gives none."""
    description = files.load_json(path)
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise files.FileError(f"{path} describes no {FORMAT}: name a folder that save_adapter wrote")
    try:
        spec = find_method(description["method"])(**description["spec"])
        layers, base, arrays = description["layers"], description["base"], description["arrays"]
    except (KeyError, TypeError, ValueError) as error:
        raise files.FileError(f"{path}: its adapter cannot be made here ({error!r}); save it again with this version") from error
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, str) for layer in layers):
        raise files.FileError(f"{path}: 'layers' must list the names of adapted layers, got {layers!r}; save it again")
    if not isinstance(base, dict):
        raise files.FileError(f"{path}: 'base' must map parameters to fingerprints, got {base!r}; save the adapter again")
    return spec, layers, base, arrays


def _check_fit(model, layer_names, spec, arrays, folder):
    """{name: layer}. ValueError if the model lacks a layer, or if an array is missing, surplus or of another shape."""
    there = {key: layer for key, layer in model.named_layers() if isinstance(layer, Adaptable)}
    for key in layer_names:
        if key not in there:
            raise ValueError(f"{folder} adapts {key}, which this model does not have")
    layers = {key: there[key] for key in layer_names}
    expected = {p.name: p.data.shape for p in biases(model, layers.values(), spec.bias)}
    for key, layer in layers.items():
        expected |= {_key(key, layer, leaf): shape for leaf, shape in spec.at(key).shapes(layer).items()}
    for key in sorted(arrays):
        if key not in expected:
            raise ValueError(f"{folder} holds {key}, which this model has no place for")
    for key, shape in expected.items():
        if key not in arrays:
            raise ValueError(f"{folder} lacks {key}, which its description promises")
        if arrays[key].shape != shape:
            raise ValueError(f"{folder}: {key} has shape {arrays[key].shape}, this model needs {shape}")
    return layers


def _own(spec, key, layer, arrays):
    """{leaf: array} of one layer's adapter, in the dtype of its W."""
    return {leaf: backend.asarray(arrays[_key(key, layer, leaf)], dtype=str(layer.W.data.dtype)) for leaf in spec.shapes(layer)}


def _key(name, layer, leaf):
    """An array's name in the file: blocks.0.attn.q.A; blocks.0.attn.q.adapter.b where .b is a Parameter of the layer itself."""
    return f"{name}.adapter.{leaf}" if hasattr(layer, leaf) else f"{name}.{leaf}"


def base_of(model):
    """{name: fingerprint} of every parameter that no adapter trains, without what adapters put into it."""
    trained = set()
    for _, layer, _, adapter in adapters_of(model):
        trained |= {id(p) for p in adapter.parameters() + biases(model, [layer], adapter.spec.bias)}
    base = [p for p in with_originals(model).values() if id(p) not in trained]
    return {p.name: _fingerprint({p.name: p.data}) for p in base}


def _fingerprint(arrays):
    """A hash of {name: array}: of names, dtypes, shapes and values."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = backend.asnumpy(arrays[name])
        digest.update(f"{name} {array.dtype} {array.shape} ".encode() + array.tobytes())
    return digest.hexdigest()
