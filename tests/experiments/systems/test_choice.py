"""The best of a few values, and a little text."""

import numpy as np
import pytest

from minilora.experiments.systems.choice import best_of
from minilora.experiments.systems.little_text import PIECE, little_text
from minilora.training import TrainingError


def broken(value):
    raise TrainingError("the loss is inf")


def test_the_least_loss_wins_and_the_first_of_equals():
    losses = {1: 3.0, 2: 1.0, 3: 1.0, 4: 2.0}
    assert best_of(losses, lambda value: value * 10, lambda model: losses[model // 10]) == (2, 20)


def test_what_breaks_down_is_out():
    losses = {0.1: 2.0, 1.0: float("nan")}
    assert best_of((10, 1.0, 0.1), lambda value: broken(value) if value == 10 else value, losses.get) == (0.1, 0.1)
    with pytest.raises(TrainingError, match="at each of 3, 5; give smaller ones"):
        best_of((3, 5), broken, len)


def test_pieces_are_of_the_text_and_of_the_seed(tiny_arena):
    ids = tiny_arena.ids["target.train"]
    whole = ids[: len(ids) // PIECE * PIECE].reshape(-1, PIECE)
    everything = little_text(tiny_arena, 0, len(whole))
    assert sorted(map(bytes, everything)) == sorted(map(bytes, whole))
    pieces = little_text(tiny_arena, 0, 6)
    assert pieces.shape == (6, PIECE) and {*map(bytes, pieces)} <= {*map(bytes, whole)}
    assert np.array_equal(pieces, little_text(tiny_arena, 0, 6)) and not np.array_equal(pieces, little_text(tiny_arena, 1, 6))
    with pytest.raises(ValueError):
        little_text(tiny_arena, 0, len(whole) + 1)
