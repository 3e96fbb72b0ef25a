"""All analyses, in the order of the report."""

from minilora.experiments.lowrank import (
    amplification,
    change,
    eckart_young,
    features,
    forgetting,
    gauge,
    intrinsic_dimension,
    intruders,
    rank_sweep,
    spectra,
    subspaces,
    truncation,
    which_weights,
)

ORDER = (
    *(eckart_young, spectra, truncation, change, which_weights, rank_sweep, subspaces, amplification),
    *(intrinsic_dimension, intruders, forgetting, gauge, features),
)
ANALYSES = {module.ANALYSIS.name: module.ANALYSIS for module in ORDER}
