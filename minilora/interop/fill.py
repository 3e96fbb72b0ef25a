"""Put the tensors of a checkpoint into a model, each checked by name and shape, both ways, before anything is made."""

import re

import numpy as np

from minilora import backend
from minilora.interop.shapes import parameter_shapes
from minilora.nn import Transformer
from minilora.nn.build import Builder
from minilora.nn.quantized import hold
from minilora.quantize import Quantized

SHOWN = 5  # names in a message


def build(config, places, tensors, ignores, dtype, source):
    """The Transformer of this config, with the tensors of a checkpoint in it, in evaluation mode.

    places: {our parameter's name: Stored}. tensors: .shapes {name: shape} and .read(name), an array or what is to stay Quantized.
    ignores(name): whether a tensor is no parameter. source: what to call the checkpoint. A classifier's head is new: drawn as in
    training. ValueError lists what is missing, what has no place, and what has another shape, and names a tensor that holds no
    floating-point numbers.
    """
    shapes = parameter_shapes(config)
    _refuse_others({place.name: _stored(shapes[ours], place) for ours, place in places.items()}, tensors, ignores, source)
    model = Transformer(config, dtype=dtype, draw=False)
    parameters, quantized = dict(model.named_parameters()), {}
    for ours, place in places.items():
        a = tensors.read(place.name)
        if isinstance(a, Quantized):
            quantized[parameters[ours]] = a
            continue
        a = floats(a, place.name, model.dtype, source)
        parameters[ours].adopt(backend.asarray(np.require(a.T if place.transposed else a, requirements="CW")))
    hold(model, quantized)
    if config.n_classes:
        model.head = Builder(config, model.rng, dtype).linear(config.d_model, config.n_classes, bias=True)
        model.name_parameters()
    return model.eval()


def refuse_depth(n_layers, tensors, source):
    """ValueError for more layers than there are tensors: so many need not be listed to know that they are missing."""
    if n_layers > len(tensors.shapes):
        wrong = f"its settings say {n_layers} layers, and it holds {len(tensors.shapes)} tensors"
        raise ValueError(f"{source} is not the model that its settings describe: {wrong}")


def _refuse_others(wanted, tensors, ignores, source):
    missing = [name for name in wanted if name not in tensors.shapes]
    surplus = [name for name in tensors.shapes if name not in wanted and not ignores(name)]
    differ = [
        f"{name} {tensors.shapes[name]} instead of {shape}"
        for name, shape in wanted.items()
        if tensors.shapes.get(name, shape) != shape
    ]
    faults = [f"{what} {_shown(names)}" for what, names in
              (("it lacks", missing), ("it holds besides", surplus), ("of another shape is", differ)) if names]  # fmt: skip
    if faults:
        raise ValueError(f"{source} is not the model that its settings describe: {'; '.join(faults)}")


def floats(a, name, dtype, source):
    """The array in the model's dtype. ValueError for integers, and for numbers too large for it."""
    if a.dtype.kind != "f":
        raise ValueError(f"{source}: {name} holds {a.dtype}, not floating-point numbers; minilora reads F64, F32, F16 and BF16")
    try:
        with np.errstate(over="raise", invalid="ignore", under="ignore"):
            return a.astype(dtype, copy=False)
    except FloatingPointError:
        raise ValueError(f"{source}: {name} holds numbers too large for {dtype}; load it with dtype='float64'") from None


def _stored(shape, place):
    return shape[::-1] if place.transposed else shape


def _shown(names):
    more = len(names) - SHOWN
    names = [name if re.fullmatch(r"[\x20-\x7e]{1,99}", name) else ascii(name[:99]) for name in names[:SHOWN]]
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
