"""All contestants and studies, in the order of the report."""

from minilora.experiments.systems import (
    adversarial,
    adversarial_neighbours,
    article_network,
    compression,
    compression_studies,
    features,
    iterative,
    local_random,
    overfitting,
    pace,
    pretraining,
    rank_choice,
    rank_constraint,
    rank_growth,
    rates_and_descent,
    references,
    svd_split,
    svd_studies,
    tasks,
)

MODULES = (references, compression, compression_studies)  # A
MODULES += (svd_split, svd_studies, overfitting, rank_choice, pretraining)  # B
MODULES += (adversarial, adversarial_neighbours, article_network)  # C
MODULES += (local_random, rank_growth)  # D
MODULES += (rank_constraint, iterative, features, pace)  # E
MODULES += (rates_and_descent, tasks)  # B and E, and all
CONTESTANTS = {c.name: c for module in MODULES for c in module.CONTESTANTS}
STUDIES = tuple(study for module in MODULES for study in module.STUDIES)
