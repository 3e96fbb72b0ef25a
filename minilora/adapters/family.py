"""The methods side by side: what each says of itself, and what it costs, as plain data."""

from minilora.adapters.methods import METHODS

MOMENTS, FLOAT32 = 2, 4  # Adam's m and v, in bytes each


def table(sizes):
    """A dict for each method with its default settings, of a layer with in = out = d for each d in `sizes`.

    "method", "formula", "initial", "scaling", "size": words. "values", "bytes", "flops": {d: how many values are trained, how
    many bytes Adam's moments of them take in float32, what the forward pass costs more a token}. "mergeable": a bool.
    """
    return [row(spec(), sizes) for spec in METHODS.values()]


def row(spec, sizes):
    """The dict of one method; see `table`."""
    words = {name: getattr(spec, name) for name in ("method", "formula", "initial", "scaling", "size")}
    values = {d: spec.values(d, d) for d in sizes}
    return words | {
        "values": values,
        "bytes": {d: MOMENTS * FLOAT32 * count for d, count in values.items()},
        "flops": {d: spec.flops(d, d) for d in sizes},
        "mergeable": spec.mergeable,
    }
