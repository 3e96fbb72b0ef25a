"""What a method that starts from data is given: the gradients of the layers' weights, or their inputs."""

from minilora import backend
from minilora.nn.parameter import Parameter
from minilora.nn.recording import recorded
from minilora.ops.form import rows


def gather(model, spec, layers, batch):
    """{layer name: array} by `spec.evidence`: "gradients" of W (out, in), "inputs" as rows (rows, in), without padding.
    Empty for None.

    batch: what model.loss takes. It is run in evaluation mode; gradients, modes and what is trainable are as before afterwards.
    """
    if spec.evidence is None:
        return {}
    was_training = model.training
    model.eval()
    try:
        return _gradients(model, layers, batch) if spec.evidence == "gradients" else _inputs(model, layers, batch)
    finally:
        model._set_mode(was_training)


def _gradients(model, layers, batch):
    """Each layer has a W of its own for this: a tied head's W would get the embedding's gradient as well."""
    kept = [(p, p.trainable, p.grad) for p in model.parameters()]
    matrices = {name: layer.W for name, layer in layers.items()}
    try:
        for p, *_ in kept:
            p.trainable = False
        for name, layer in layers.items():
            layer.W = Parameter(matrices[name].data)
        model.loss(*batch)
        model.backward()
        return {name: layer.W.grad for name, layer in layers.items()}
    finally:
        for name, layer in layers.items():
            layer.W = matrices[name]
        for p, trainable, grad in kept:
            p._trainable, p._grad = trainable, grad


def _inputs(model, layers, batch):
    mask = batch[2] if len(batch) > 2 else None
    found = {}

    def note(name, layer, x, y):
        if name in layers:
            tokens = x.ndim == 3  # a classifier's head reads one row a sequence: no padding is left in it
            found[name] = rows(x) if mask is None or not tokens else x[backend.asarray(mask).astype(bool)]

    with recorded(model, note):
        model.loss(*batch)
    return found
