"""Batches: targets follow inputs, every place is reached, and a stream goes on where it was left."""

import json
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import IGNORE, LanguageBatches, MaskedBatches, evaluation_windows

IDS = np.random.default_rng(0).integers(0, 13, size=211)


def language(rng=7, ids=IDS, block_size=5, batch_size=3):
    return LanguageBatches(ids, block_size, batch_size, rng)


def masked(rng=7, ids=IDS, block_size=5, batch_size=3, **options):
    return MaskedBatches(ids, block_size, batch_size, 13, rng, **options)


def same(batches, others):
    return all(np.array_equal(batch, other) for batch, other in zip(batches, others, strict=True))


def test_targets_are_the_ids_that_follow():
    inputs, targets = next(language(ids=np.arange(100, 300).tolist()))
    assert inputs.shape == targets.shape == (3, 5)
    assert inputs.dtype == targets.dtype == np.int64
    np.testing.assert_array_equal(targets, inputs + 1)
    np.testing.assert_array_equal(np.diff(inputs, axis=1), 1)


def test_every_window_is_reached_and_about_equally_often():
    ids = np.arange(12)  # 7 windows of 5 + 1
    starts = np.concatenate([inputs[:, 0] for inputs, _ in islice(language(ids=ids), 1400)])
    counts = np.bincount(starts, minlength=7)
    assert len(counts) == 7 and abs(counts - 600).max() < 5 * np.sqrt(600)
    inputs, targets = next(language(ids=np.arange(6)))  # exactly one window
    np.testing.assert_array_equal(inputs, [[0, 1, 2, 3, 4]] * 3)
    np.testing.assert_array_equal(targets, [[1, 2, 3, 4, 5]] * 3)


@pytest.mark.parametrize("build", [language, masked])
def test_a_seed_a_generator_and_the_global_state(build):
    reference = list(islice(build(7), 4))
    np.random.seed(1)  # noqa: NPY002  the global generator must not matter
    assert same(islice(build(np.random.default_rng(7)), 4), reference)
    assert not same(islice(build(8), 4), reference)
    assert iter(batches := build(7)) is batches


@pytest.mark.parametrize("build", [language, masked])
@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937, np.random.Philox])
def test_state_through_json_restores_the_stream(build, bits):
    batches = build(np.random.Generator(bits(3)))
    list(islice(batches, 5))
    state = json.loads(json.dumps(batches.state()))
    expected = list(islice(batches, 6))
    resumed = build(np.random.Generator(bits(99)))
    next(resumed)
    resumed.load_state(state)
    assert same(islice(resumed, 6), expected)
    batches.load_state(state)  # the same object can go back, too
    assert same(islice(batches, 6), expected)


def test_a_state_is_a_moment_not_the_stream():
    batches = language()
    state = batches.state()
    before = json.dumps(state)
    next(batches)
    assert json.dumps(state) == before != json.dumps(batches.state())


def test_the_state_of_other_batches_is_refused():
    state = language().state()
    changes = ({"ids": IDS[:-1]}, {"ids": IDS[::-1]}, {"block_size": 6}, {"batch_size": 4})
    for other in (*(language(**change) for change in changes), masked(block_size=6)):
        with pytest.raises(ValueError, match="build them as they were"):
            other.load_state(state)
    with pytest.raises(ValueError, match="build them as they were"):
        masked(share=0.3).load_state(masked().state())
    with pytest.raises(ValueError, match="does not fit the generator.*use the saved kind"):
        language(np.random.Generator(np.random.MT19937(1))).load_state(state)
    for broken in ({}, {**state, "generator": {}}, {**state, "generator": None}, {"made_of": state["made_of"]}):
        with pytest.raises(ValueError, match="state"):
            language().load_state(broken)


def test_inputs_and_targets_share_no_memory():
    ids = IDS.copy()
    for inputs, targets in (next(language(ids=ids)), evaluation_windows(ids, 5, 4)[0], next(masked(ids=ids))):
        kept = targets.copy()
        inputs[:] = -5
        np.testing.assert_array_equal(targets, kept)
    np.testing.assert_array_equal(ids, IDS)


@pytest.mark.parametrize("build", [language, masked])
def test_sizes_and_ids_that_cannot_be(build):
    needed = 6 if build is language else 5
    with pytest.raises(ValueError, match=rf"at least {needed} ids long for block_size=5, got {needed - 1}; give a longer text"):
        build(ids=IDS[: needed - 1])
    with pytest.raises(ValueError, match="got 0; give a longer text"):
        build(ids=[])
    next(build(ids=IDS[:needed]))
    for size in ("block_size", "batch_size"):
        with pytest.raises(ValueError, match=f"{size} must be at least 1, got 0"):
            build(**{size: 0})
    for ids in (IDS.reshape(1, -1), IDS * 1.0, "a text", list("a text")):
        with pytest.raises(ValueError, match="ids must be a list or 1-D array of integers.*encode the text first"):
            build(ids=ids)


def test_masked_targets_are_the_text_where_it_is_hidden():
    ids = np.arange(1000, 2000)  # an id tells its place
    batches = MaskedBatches(ids, 20, 30, mask_id=5, rng=0)
    hidden = kept = swapped = total = 0
    for inputs, targets in islice(batches, 100):
        assert inputs.shape == targets.shape == (30, 20) and inputs.dtype == targets.dtype == np.int64
        guessed = targets != IGNORE
        text = np.where(guessed, targets, inputs)
        np.testing.assert_array_equal(np.diff(text, axis=1), 1)
        hidden += (inputs[guessed] == 5).sum()
        kept += (inputs[guessed] == targets[guessed]).sum()
        others = inputs[guessed & (inputs != 5) & (inputs != targets)]
        assert np.isin(others, ids).all()
        swapped += len(others)
        total += guessed.sum()
        assert not (inputs[~guessed] == 5).any()
    assert abs(total / 60_000 - 0.15) < 0.006  # four standard deviations
    for count, share in ((hidden, 0.8), (swapped, 0.1), (kept, 0.1)):
        assert abs(count / total - share) < 4 * np.sqrt(share * (1 - share) / total)


def test_random_ids_are_those_of_the_text():
    seen = {int(i) for inputs, _ in islice(MaskedBatches([2, 4, 8] * 50, 6, 4, mask_id=9, rng=1), 200) for i in inputs.ravel()}
    assert seen == {2, 4, 8, 9}


def test_at_least_one_position_is_always_hidden():
    for _, targets in islice(masked(batch_size=1, block_size=1, share=1e-9), 50):
        assert (targets != IGNORE).sum() == 1
    for _, targets in islice(masked(share=1), 5):
        assert (targets != IGNORE).all()


def test_masked_options_that_cannot_be():
    for mask_id in (int(IDS[0]), -1):
        with pytest.raises(ValueError, match=f"mask_id must be an id that the text does not use, got {mask_id}"):
            MaskedBatches(IDS, 5, 3, mask_id, rng=0)
    for share in (0, 1.01, -0.5):
        with pytest.raises(ValueError, match=f"share must be above 0 and at most 1, got {share}"):
            masked(share=share)


@settings(derandomize=True, deadline=None)
@given(length=st.integers(2, 400), block_size=st.integers(1, 40), n=st.integers(1, 50), batch_size=st.integers(1, 9))
def test_evaluation_windows_do_not_overlap_and_are_spread(length, block_size, n, batch_size):
    if length < block_size + 1:
        with pytest.raises(ValueError, match="give a longer text"):
            evaluation_windows(np.arange(length), block_size, n, batch_size)
        return
    batches = evaluation_windows(np.arange(length), block_size, n, batch_size)
    taken = min(n, (length - 1) // block_size)
    assert [len(inputs) for inputs, _ in batches[:-1]] == [batch_size] * (len(batches) - 1)
    inputs, targets = (np.concatenate(part) for part in zip(*batches, strict=True))
    assert inputs.shape == (taken, block_size) and inputs.dtype == np.int64
    np.testing.assert_array_equal(targets, inputs + 1)
    assert len(np.unique(inputs)) == inputs.size and targets.max() < length
    gaps = np.diff([*inputs[:, 0], length - 1])
    assert gaps.max() - gaps.min() <= 1


def test_evaluation_windows_are_always_the_same():
    assert same(evaluation_windows(IDS, 5, 7, 3), evaluation_windows(IDS.tolist(), 5, 7, 3))
    for size in ("n", "batch_size"):
        with pytest.raises(ValueError, match=f"{size} must be at least 1, got 0"):
            evaluation_windows(IDS, 5, **{size: 0})
