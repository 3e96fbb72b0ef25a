"""Held-out pieces: all of the text, once, and from everywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import split


@settings(derandomize=True, deadline=None)
@given(n=st.integers(2, 50_000), held_out=st.floats(0.01, 0.99))
def test_both_parts_together_are_everything_in_order(n, held_out):
    expected = round(n * held_out)
    if not 0 < expected < n:
        return
    ids = np.arange(n)
    train, held = split(ids, held_out)
    assert len(held) == expected
    assert (np.diff(train) > 0).all() and (np.diff(held) > 0).all()
    assert np.array_equal(np.union1d(train, held), ids)


def test_every_tenth_piece_of_about_2000_is_held_out():
    ids = np.arange(100_003)
    train, held = split(ids)
    starts = np.flatnonzero(np.diff(held, prepend=-10) > 1)
    lengths = np.diff([*starts, len(held)])
    assert len(starts) == 5 and (abs(lengths - 2000) <= 1).all()
    assert (abs(np.diff(held[starts]) - 20_000) <= 1).all()
    assert held[0] == 18_000


def test_a_short_text_gives_its_end():
    train, held = split("abcdefghijklmnopqrst")
    assert (train, held) == ("abcdefghijklmnopqr", "st")


def test_the_type_stays_and_the_pieces_are_the_same_for_each():
    text = "".join(chr(97 + i % 26) for i in range(50_000))
    ids = [ord(c) for c in text]
    texts, lists, arrays = split(text, 0.2), split(ids, 0.2), split(np.array(ids, np.int32), 0.2)
    for t, l, a in zip(texts, lists, arrays, strict=True):
        assert type(t) is str and type(l) is list and a.dtype == np.int32
        assert [ord(c) for c in t] == l == a.tolist()


def test_shares_and_texts_that_cannot_be():
    for held_out in (0, 1, -0.1, 1.5):
        with pytest.raises(ValueError, match=f"held_out must be a share between 0 and 1, got {held_out}"):
            split("abc" * 100, held_out)
    for text in ("", "a", "abcd"):
        with pytest.raises(ValueError, match=f"length {len(text)}: one part would be empty; give a longer text"):
            split(text)
