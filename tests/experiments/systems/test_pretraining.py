"""Topics after pre-training of each kind and of none."""

import numpy as np
import pytest

from minilora.data import IGNORE
from minilora.experiments.systems import pretraining as module
from minilora.experiments.systems.pretraining import CASES, pretrained, pretraining
from minilora.experiments.systems.tasks import rows


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_the_same_finite_numbers_twice(tiny_arena, case):
    found = pretraining(tiny_arena.folder, 1, case, True)
    assert set(found) == {"accuracy", "loss"} and 0 <= found["accuracy"] <= 1 and np.isfinite(found["loss"])
    assert pretraining(tiny_arena.folder, 1, case, True) == found


def test_the_weights_are_what_the_case_says(tiny_arena):
    base, causal = tiny_arena.model(), pretrained(tiny_arena, "causal", 0, 0)
    assert np.array_equal(causal.blocks[0].attn.q.W.data, base.blocks[0].attn.q.W.data)
    fresh, again, other = (pretrained(tiny_arena, "none", seed, 0) for seed in (5, 5, 6))
    W, same, different, trained = (model.blocks[0].attn.q.W.data for model in (fresh, again, other, base))
    assert np.array_equal(W, same) and not np.array_equal(W, different) and not np.array_equal(W, trained)
    encoder = pretrained(tiny_arena, "masked", 0, 1)
    assert not encoder.config.causal and len(encoder.embed.W.data) == len(base.embed.W.data) + 1


def test_all_but_left_see_both_ways(tiny_arena, monkeypatch):
    monkeypatch.setattr(module, "Arena", lambda folder: tiny_arena)
    causal = []
    monkeypatch.setattr(tiny_arena, "train", lambda model, *_, **__: causal.append(model.config.causal))
    for case in CASES:
        pretraining(None, 0, case, True)
    assert causal == [False, False, False, False, True, True]  # masked: first the encoder, then the classifier


def test_the_encoder_learns_from_the_bases_text_with_gaps(tiny_arena, monkeypatch):
    seen = []

    def watched(model, optimizer, seed, steps, batches=None):
        seen.append((steps, next(batches)))

    monkeypatch.setattr(tiny_arena, "train", watched)
    pretrained(tiny_arena, "masked", 0, 7)
    [(steps, (inputs, targets))] = seen
    assert steps == 7 and (inputs == len(tiny_arena.model().embed.W.data)).any() and (targets == IGNORE).mean() > 0.5
    whole = tiny_arena.ids["base.train"].tobytes()
    restored = np.where(targets == IGNORE, inputs, targets).astype(np.uint8)
    assert all(row.tobytes() in whole for row in restored)


def test_all_see_the_same_pieces(tiny_arena):
    first, second = (rows(tiny_arena, "topics", 2, 40) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(next(first[0]), next(second[0]), strict=True))
    labels = np.concatenate([batch[1] for batch in first[1]])
    assert np.bincount(labels).tolist() == [10] * 4
