"""Put the tensors of a checkpoint into a model, each checked by name and shape, both ways, before the first is read."""

from minilora import backend
from minilora.nn import Transformer
from minilora.nn.build import Builder

SHOWN = 5  # names in a message


def build(config, places, tensors, ignores, dtype, source):
    """The Transformer of this config, with the tensors of a checkpoint in it, in evaluation mode.

    places: {our parameter's name: Stored}. tensors: .shapes {name: shape} and .read(name). ignores(name): whether a tensor is no
    parameter. source: what to call the checkpoint. A classifier's head is new: drawn as in training. ValueError lists what is
    missing, what has no place, and what has another shape.
    """
    model = Transformer(config, dtype=dtype, draw=False)
    parameters = {name: p for name, p in model.named_parameters() if name in places}
    _refuse_others(parameters, places, tensors, ignores, source)
    for name, p in parameters.items():
        a = tensors.read(places[name].name)
        p.data = backend.asarray(a.T if places[name].transposed else a, dtype=model.dtype)
    if config.n_classes:
        model.head = Builder(config, model.rng, dtype).linear(config.d_model, config.n_classes, bias=True)
        model.name_parameters()
    return model.eval()


def _refuse_others(parameters, places, tensors, ignores, source):
    wanted = {places[name].name: _shape(p, places[name]) for name, p in parameters.items()}
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


def _shape(p, place):
    return tuple(p.data.shape)[::-1] if place.transposed else tuple(p.data.shape)


def _shown(names):
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
