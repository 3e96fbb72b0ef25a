"""An arena so small that a contestant's steps take no time."""

from dataclasses import replace

import pytest

from minilora.experiments.systems.arena import QUICK, prepare

TINY = {"d_model": 32, "n_layers": 1, "block_size": 16, "batch_size": 4, "base_steps": 20, "steps": 4, "rank": 2, "windows": 8}


@pytest.fixture(scope="session")
def tiny_arena(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), replace(QUICK, **TINY))[0]
