"""Low-rank analysis by SVD: truncation, how many dimensions a matrix uses, spectra and noise, subspaces, LoRA's two factors.

Every function takes arrays of NumPy or of the device, and imports nothing but `minilora.backend`: take it for your own code.
`pca` and `lda` are modules with the same verbs: `pca.fit(X, k)`, `pca.transform(X, fitted)`.
"""

from minilora.lowrank import lda, pca
from minilora.lowrank.amplification import Amplification, amplification, random_share
from minilora.lowrank.gauge import balance, balanced, gauge_transform
from minilora.lowrank.intruders import Intruders, intruder_dimensions
from minilora.lowrank.noise import BeyondNoise, beyond_noise, noise_density, noise_edges, noise_median, noise_std
from minilora.lowrank.projection import expand, reduce
from minilora.lowrank.randomized import randomized_svd
from minilora.lowrank.ranks import effective_rank, energy_rank, stable_rank
from minilora.lowrank.spectra import delta_spectra, spectra
from minilora.lowrank.subspaces import principal_angles, random_similarity, similarity_grid, subspace_similarity
from minilora.lowrank.truncation import Tail, factors, singular_values, svd, truncate, truncation_error
from minilora.lowrank.weighted import (
    activation_error,
    activation_truncate,
    diagonal_error,
    diagonal_truncate,
    fisher_error,
    fisher_truncate,
)

__all__ = [
    "Amplification",
    "BeyondNoise",
    "Intruders",
    "Tail",
    "activation_error",
    "activation_truncate",
    "amplification",
    "balance",
    "balanced",
    "beyond_noise",
    "delta_spectra",
    "diagonal_error",
    "diagonal_truncate",
    "effective_rank",
    "energy_rank",
    "expand",
    "factors",
    "fisher_error",
    "fisher_truncate",
    "gauge_transform",
    "intruder_dimensions",
    "lda",
    "noise_density",
    "noise_edges",
    "noise_median",
    "noise_std",
    "pca",
    "principal_angles",
    "random_share",
    "random_similarity",
    "randomized_svd",
    "reduce",
    "similarity_grid",
    "singular_values",
    "spectra",
    "stable_rank",
    "subspace_similarity",
    "svd",
    "truncate",
    "truncation_error",
]
