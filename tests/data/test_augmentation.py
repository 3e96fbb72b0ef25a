"""Augmentation: as many changes as asked for, at real tokens only, and a stream that resumes bit for bit."""

import json
from itertools import islice

import numpy as np
import pytest

from minilora.data import ClassificationBatches, DroppedCharacters, LanguageBatches, ReplacedCharacters
from minilora.training import AdamW, Trainer

LENGTHS = np.random.default_rng(1).integers(1, 21, size=50)
MASK = np.arange(20) < LENGTHS[:, None]
IDS = np.where(MASK, np.arange(1, 21), 0)  # an id tells its place, 0 is padding
LABELS = np.arange(50)


def texts(rng=3, ids=IDS):
    return ClassificationBatches(ids, LABELS, MASK, 16, rng)


def windows(rng=3):
    return LanguageBatches(np.random.default_rng(0).integers(0, 7, size=300), 5, 4, rng)


def test_a_share_of_the_real_tokens_is_replaced_by_tokens_of_the_batch():
    changed = real = 0
    for (ids, labels, mask), (before, *others) in zip(islice(ReplacedCharacters(texts(), 0.3, 0), 200), texts(), strict=False):
        np.testing.assert_array_equal(labels, others[0])
        np.testing.assert_array_equal(mask, others[1])
        assert (ids[~mask] == 0).all() and (ids[mask] > 0).all()
        changed += (ids != before).sum()
        real += mask.sum()
    frequency = np.bincount(IDS[MASK]) / MASK.sum()
    by_itself = (frequency**2).sum()  # a token replaced by one like it is not seen
    assert abs(changed / real - 0.3 * (1 - by_itself)) < 0.01


def test_a_language_models_targets_stay():
    for (inputs, targets), (before, expected) in zip(islice(ReplacedCharacters(windows(), 0.5, 0), 20), windows(), strict=False):
        np.testing.assert_array_equal(targets, expected)
        assert (inputs != before).any()


def test_dropped_tokens_leave_no_gap_and_never_an_empty_row():
    kept = real = 0
    for (ids, labels, mask), (_, _, whole) in zip(islice(DroppedCharacters(texts(), 0.25, 0), 300), texts(), strict=False):
        lengths = mask.sum(axis=1)
        assert lengths.min() >= 1 and (lengths <= LENGTHS[labels]).all()
        for row, length in zip(ids, lengths, strict=True):
            assert (np.diff(row[:length]) > 0).all() and (row[:length] > 0).all() and (row[length:] == 0).all()
        np.testing.assert_array_equal(mask, np.arange(20) < lengths[:, None])
        kept += mask.sum()
        real += whole.sum()
    assert abs(kept / real - 0.75) < 0.01
    assert all(mask[:, 0].all() for _, _, mask in islice(DroppedCharacters(texts(), 0.99, 0), 50))


@pytest.mark.parametrize("kind", [ReplacedCharacters, DroppedCharacters])
def test_a_share_of_0_changes_nothing(kind):
    for batch, other in zip(islice(kind(texts(), 0, 0), 5), texts(), strict=False):
        for part, other_part in zip(batch, other, strict=True):
            np.testing.assert_array_equal(part, other_part)


def test_one_on_another_resumes_bit_for_bit():
    def build(a, b, c):
        return DroppedCharacters(ReplacedCharacters(texts(a), 0.2, b), 0.1, c)

    stream = build(1, 2, 3)
    list(islice(stream, 5))
    state = json.loads(json.dumps(stream.state()))
    expected, resumed = list(islice(stream, 4)), build(7, 8, 9)
    resumed.load_state(state)
    for batch, other in zip(islice(resumed, 4), expected, strict=True):
        for part, other_part in zip(batch, other, strict=True):
            np.testing.assert_array_equal(part, other_part)


def test_a_run_that_was_cut_off_ends_at_the_same_numbers(small, tmp_path):
    def trainer(folder, batches_seed=3, noise_seed=4):
        model = small(vocab_size=7)
        batches = ReplacedCharacters(windows(batches_seed), 0.2, noise_seed)
        return Trainer(model, AdamW(model.parameters(), lr=1e-2), batches, folder=folder, progress=False)

    whole = trainer(None)
    whole.run(6)
    trainer(tmp_path).run(3)
    resumed = trainer(tmp_path, 8, 9)
    assert resumed.resume()
    resumed.run(6)
    for (_, p), (_, other) in zip(whole.model.named_parameters(), resumed.model.named_parameters(), strict=True):
        np.testing.assert_array_equal(p.data, other.data)


def test_the_state_of_other_batches_is_refused_with_nothing_changed():
    stream = ReplacedCharacters(texts(), 0.2, 0)
    before = json.dumps(stream.state())
    next(other := ReplacedCharacters(texts(ids=IDS + 1), 0.2, 5))
    for state in (
        other.state(),
        ReplacedCharacters(texts(), 0.3, 0).state(),
        DroppedCharacters(texts(), 0.2, 0).state(),
        texts().state(),
        {name: part for name, part in stream.state().items() if name != "batches"},
    ):
        with pytest.raises(ValueError, match="build them as they were"):
            stream.load_state(state)
        assert json.dumps(stream.state()) == before


def test_what_cannot_be():
    for share in (-0.1, 1, 1.5):
        with pytest.raises(ValueError, match=f"share must be from 0 to below 1, got {share}"):
            ReplacedCharacters(texts(), share, 0)
    with pytest.raises(ValueError, match=r"one label a row, got targets \(4, 5\); use ReplacedCharacters"):
        next(DroppedCharacters(windows(), 0.1, 0))
    vectors = ClassificationBatches(IDS[..., None] * 1.0, LABELS, MASK, 4, 0)
    with pytest.raises(ValueError, match=r"batches must be of ids \(N, T\), to be augmented, got float64"):
        next(ReplacedCharacters(vectors, 0.1, 0))
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="rng must not be the generator that the batches draw from"):
        ReplacedCharacters(texts(rng), 0.1, rng)
