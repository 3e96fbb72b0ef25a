"""Low-rank analysis by SVD: truncation, how many dimensions a matrix uses, spectra, and the angle between subspaces.

Every function takes arrays of NumPy or of the device, and imports nothing but `minilora.backend`: take it for your own code.
"""

from minilora.lowrank.randomized import randomized_svd
from minilora.lowrank.ranks import effective_rank, energy_rank, stable_rank
from minilora.lowrank.spectra import delta_spectra, noise_edge, spectra
from minilora.lowrank.subspaces import subspace_similarity
from minilora.lowrank.truncation import singular_values, svd, truncate, truncation_error

__all__ = [
    "delta_spectra",
    "effective_rank",
    "energy_rank",
    "noise_edge",
    "randomized_svd",
    "singular_values",
    "spectra",
    "stable_rank",
    "subspace_similarity",
    "svd",
    "truncate",
    "truncation_error",
]
