"""Rows: drawn together and equally often, in order for judging; a stream knows its own state."""

from itertools import islice

import numpy as np
import pytest

from minilora.data import evaluation_rows
from minilora.data.rows import RandomRows, fingerprint

A, B = np.arange(7), np.arange(7)[:, None] * 10.0


def drawn(rng=3, arrays=(A, B), batch_size=4):
    return RandomRows(arrays, batch_size, rng, fingerprint(arrays))


def test_rows_of_all_arrays_are_drawn_together_and_equally_often():
    seen = []
    for a, b in islice(drawn(), 1750):
        assert a.shape == (4,) and b.shape == (4, 1)
        np.testing.assert_array_equal(b[:, 0], 10 * a)
        seen.append(a)
    counts = np.bincount(np.concatenate(seen), minlength=7)
    assert abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_a_batch_is_the_readers_own():
    a, _ = next(drawn())
    a[:] = -1
    np.testing.assert_array_equal(A, range(7))


def test_the_state_of_other_rows_is_refused():
    state = drawn().state()
    for other in (
        drawn(arrays=(A, B + 1)),
        drawn(arrays=(A + 1, B)),
        drawn(arrays=(A, B[:, 0])),
        drawn(arrays=(A,)),
        drawn(batch_size=5),
    ):
        with pytest.raises(ValueError, match="build them as they were"):
            other.load_state(state)
    drawn(rng=8).load_state(state)


def test_evaluation_rows_are_all_rows_in_order():
    batches = evaluation_rows((A, B), 3)
    assert [len(a) for a, _ in batches] == [3, 3, 1]
    for whole, parts in zip((A, B), zip(*batches, strict=True), strict=True):
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_rows_that_cannot_be():
    for arrays in ((A, B[:-1]), (A[:0], B[:0])):
        with pytest.raises(ValueError, match="the same number of rows, at least 1"):
            evaluation_rows(arrays)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        evaluation_rows((A, B), 0)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        drawn(batch_size=0)
