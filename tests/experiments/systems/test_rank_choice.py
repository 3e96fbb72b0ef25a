"""The rank, chosen by cross-validation."""

import numpy as np
import pytest

from minilora.experiments.systems import rank_choice as module
from minilora.experiments.systems.little_text import little_text
from minilora.experiments.systems.rank_choice import RANKS, cross_validated, rank_choice


@pytest.mark.parametrize("case", ["fixed", "cross-validated"])
def test_a_case_gives_the_same_finite_numbers_twice(tiny_arena, case):
    found = rank_choice(tiny_arena.folder, 1, case, True)
    assert set(found) == {"loss", "rank"} and np.isfinite(found["loss"])
    assert found["rank"] == 8 if case == "fixed" else found["rank"] in RANKS
    assert rank_choice(tiny_arena.folder, 1, case, True) == found


def test_each_piece_is_judged_on_once_by_models_that_have_not_seen_it(tiny_arena, monkeypatch):
    """The losses are planted: rank 4 is best in the mean, though best in no single fold."""
    pieces = little_text(tiny_arena, 0, 7)
    planted = {1: (0, 9, 9), 2: (9, 0, 9), 4: (5, 5, 5), 8: (9, 9, 0), 16: (9, 9, 9)}
    learned, judged = {rank: [] for rank in RANKS}, {rank: [] for rank in RANKS}

    def tuned(arena, part, rank, steps, seed):
        learned[rank].append(part)
        return rank

    def loss(rank, windows):
        judged[rank].append(windows)
        return planted[rank][len(judged[rank]) - 1]

    monkeypatch.setattr(module, "tuned", tuned)
    monkeypatch.setattr(module, "held_out_loss", loss)
    monkeypatch.setattr(module, "evaluation_windows", lambda ids, block_size: ids)
    assert cross_validated(tiny_arena, pieces, 1, seed=0) == 4
    for rank in RANKS:
        seen = np.concatenate(judged[rank]).reshape(-1, pieces.shape[1])
        assert sorted(map(tuple, seen)) == sorted(map(tuple, pieces))
        for learning, judging in zip(learned[rank], judged[rank], strict=True):
            together = np.concatenate([learning, judging.reshape(-1, pieces.shape[1])])
            assert sorted(map(tuple, together)) == sorted(map(tuple, pieces))
