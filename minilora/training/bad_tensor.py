"""Where a loss that is not finite comes from."""

from minilora import backend
from minilora.nn.recording import recorded


def first_bad_tensor(model, batch):
    """Names the first tensor with a value that is NaN or infinite, in words; None if there is none.

    A parameter comes first, then a gradient; then `batch`, a tuple for model.loss, is run again to find a layer's output.
    """
    for kind in ("data", "grad"):
        for name, p in model.named_parameters():
            if getattr(p, kind) is not None and not _finite(getattr(p, kind)):
                return f"the first bad tensor is {name}.{kind}"
    name = _first_bad_output(model, batch)
    return name and f"the first bad tensor is the output of {name}"


def _first_bad_output(model, batch):
    bad = []

    def note(name, layer, x, y):
        if not _finite(y):
            bad.append(name)

    if hasattr(model, "named_layers"):
        with recorded(model, note):
            model.loss(*batch)
    return bad[0] if bad else None


def _finite(a):
    return backend.item(backend.get_array_module(a).isfinite(a).all())
