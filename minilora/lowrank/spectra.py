"""The singular values of many matrices at once: of a model, and of what training has changed in it."""

from minilora.lowrank.truncation import singular_values


def spectra(named):
    """{name: singular values, falling} of every matrix in {name: array}; arrays that are not 2-D (biases, norms) are left out.

    For a model: `spectra({name: p.data for name, p in model.named_parameters()})`.
    """
    return {name: singular_values(W) for name, W in named.items() if W.ndim == 2}


def delta_spectra(before, after):
    """{name: singular values of after - before, falling} of every matrix that is in both: what training has changed.

    before, after: {name: array} with the same names and shapes, else ValueError. Arrays that are not 2-D are left out.
    """
    if before.keys() != after.keys():
        raise ValueError(f"before and after must have the same names, in one only: {sorted(before.keys() ^ after.keys())}")
    for name, W in before.items():
        if W.shape != after[name].shape:
            raise ValueError(f"{name} must have one shape, got {tuple(W.shape)} before and {tuple(after[name].shape)} after")
    return spectra({name: after[name] - W for name, W in before.items()})
