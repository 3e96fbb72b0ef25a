"""A tiny base with its texts, and the analyses of it, each measured once."""

import pytest

from minilora.experiments.lowrank.catalogue import ANALYSES
from minilora.experiments.lowrank.ground import Ground
from minilora.experiments.systems.arena import Setting, prepare

TINY = Setting(d_model=32, n_layers=1, block_size=16, batch_size=4, base_steps=3, steps=4, seeds=2, search=0, windows=4)


@pytest.fixture(scope="session")
def ground(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lowrank")
    prepare(folder, TINY)
    return Ground(folder)


@pytest.fixture(scope="session")
def measured(ground):
    """measured(name) -> what the analysis of that name measures on the tiny base."""
    kept = {}

    def data(name):
        if name not in kept:
            kept[name] = ANALYSES[name].measure(ground)
        return kept[name]

    return data
