"""The rank of Delta W on the way."""

from dataclasses import replace

import pytest

from minilora.experiments.systems.arena import FULL, prepare
from minilora.experiments.systems.rank_growth import STUDIES, RankWatch, rank_growth
from minilora.experiments.systems.references import lora

TINY = {"d_model": 32, "n_layers": 1, "block_size": 16, "batch_size": 4, "base_steps": 5, "steps": 20, "rank": 2, "windows": 4}
R = TINY["rank"]
MOST = {  # at a quarter, half and the end of 20 steps
    "lora": (R, R, R),
    "relora": (R, 2 * R, 4 * R),
    "galore": (R, R, 2 * R),
    "flora": (R, R, 2 * R),
    "full": (32, 32, 32),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), replace(FULL, **TINY))[0].folder


@pytest.mark.parametrize("case", STUDIES[0].cases)
def test_each_draw_adds_its_rank_at_most(folder, case):
    noted = tuple(rank_growth(folder, 0, case, True)[f"rank_{percent}"] for percent in (25, 50, 100))
    assert all(0 < rank <= most for rank, most in zip(noted, MOST[case], strict=True))
    assert noted[2] > (0.9 * MOST[case][2] if case != "lora" else 0)
    assert case != "full" or noted[0] > 4 * R


def test_watching_changes_nothing(folder):
    watched, plain = (lora(kind(folder), 1e-2, 0, 8).history for kind in (RankWatch, RankWatch.__base__))
    assert [row["loss"] for row in watched] == [row["loss"] for row in plain]
