"""The singular values of many matrices at once, and where those of pure noise would end.

    (N1)  edge  =  sigma (sqrt(m) + sqrt(n))

is what the largest singular value of an (m, n) matrix of independent entries, mean 0 and standard deviation sigma, tends to as
the matrix grows (Marchenko and Pastur 1967; Yin, Bai and Krishnaiah 1988). So a matrix fresh from its
initialisation ends at the edge, and what training has put beyond it is no noise.
"""

import math

from minilora.lowrank.truncation import singular_values


def noise_edge(m, n, sigma):
    """The largest singular value of an (m, n) matrix of noise with standard deviation `sigma`, in the limit (N1): a float."""
    if m < 1 or n < 1 or sigma < 0:
        raise ValueError(f"m and n must be at least 1 and sigma at least 0, got {m}, {n} and {sigma}")
    return sigma * (math.sqrt(m) + math.sqrt(n))  # (N1)


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
