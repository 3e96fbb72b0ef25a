"""Adapters as files: a folder with adapter.safetensors (the arrays) and adapter.json (what they are).

The JSON is written last and holds the arrays' fingerprint, so a half-written folder is noticed.
"""

import hashlib
import warnings
from dataclasses import asdict
from pathlib import Path

from minilora import backend, files
from minilora.adapters.inject import adapters_of, inject
from minilora.adapters.methods import METHODS

FORMAT = "minilora adapter 1"


def save_adapter(model, folder, name="default"):
    """Write the adapter `name` to a folder: its arrays, its spec, the biases it trained, and a fingerprint of the W it hangs on.

    ValueError if the model has no such adapter; files.FileError if the folder cannot be written.
    """
    found = adapters_of(model, name)
    spec = found[0][-1].spec
    arrays = {f"{layer}.{leaf}": p.data for layer, _, _, adapter in found for leaf, p in adapter.named_parameters()}
    arrays |= {key: p.data for key, p in model.named_parameters() if key.endswith(".b") and p.trainable}
    folder = Path(folder)
    files.save_arrays(folder / "adapter.safetensors", arrays)
    description = {
        "format": FORMAT,
        "method": spec.method,
        "spec": asdict(spec),
        "layers": [layer for layer, *_ in found],
        "base": _fingerprint((layer.unmerged_W or layer.W).data for _, layer, _, _ in found),
        "arrays": _fingerprint(arrays[key] for key in sorted(arrays)),
    }
    files.save_json(folder / "adapter.json", description)


def load_adapter(model, folder, name="default"):
    """Inject the adapter of a folder into the model under `name`, and freeze everything else. Returns the layers' names.

    Everything is checked before anything changes. files.FileError: no adapter there, or its two files do not belong together.
    ValueError: a layer, a name or a shape that does not fit, named. A warning if the base weights are not those it was saved on.
    """
    folder = Path(folder)
    description = files.load_json(folder / "adapter.json")
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise files.FileError(f"{folder / 'adapter.json'} describes no {FORMAT}: name a folder that save_adapter wrote")
    arrays, _ = files.load_arrays(folder / "adapter.safetensors")
    if _fingerprint(arrays[key] for key in sorted(arrays)) != description["arrays"]:
        raise files.FileError(f"{folder}: adapter.safetensors is not the one that adapter.json was written for: save it again")
    spec = METHODS[description["method"]](**description["spec"])
    linears = _check_fit(model, description["layers"], spec, arrays, folder)
    if _fingerprint(layer.W.data for layer in linears) != description["base"]:
        warnings.warn(f"{folder}: the model's weights are not those that the adapter was trained on", stacklevel=2)
    layers = inject(model, spec, targets=description["layers"], name=name)
    own = {f"{layer}.{leaf}": p for layer, _, _, adapter in adapters_of(model, name) for leaf, p in adapter.named_parameters()}
    parameters = dict(model.named_parameters()) | own
    for key, value in arrays.items():
        parameters[key].data = backend.asarray(value)
    return layers


def _check_fit(model, layer_names, spec, arrays, folder):
    """The model's layers of those names. ValueError if one is missing, or an array is missing, surplus or of another shape."""
    linears = {key: layer for key, layer in model.named_layers() if hasattr(layer, "adapters")}
    expected = {key: p.data.shape for key, p in model.named_parameters() if key.endswith(".b") and spec.bias != "none"}
    biases = set(expected)
    for key in layer_names:
        if key not in linears:
            raise ValueError(f"{folder} adapts {key}, which this model does not have")
        expected |= spec.shapes(key, linears[key])
    for key in arrays:
        if key not in expected:
            raise ValueError(f"{folder} holds {key}, which this model has no place for")
    for key, shape in expected.items():
        if key not in arrays and key not in biases:
            raise ValueError(f"{folder} lacks {key}, which its description promises")
        if key in arrays and arrays[key].shape != shape:
            raise ValueError(f"{folder}: {key} has shape {arrays[key].shape}, this model needs {shape}")
    return [linears[key] for key in layer_names]


def _fingerprint(arrays):
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(backend.asnumpy(array).tobytes())
    return digest.hexdigest()
