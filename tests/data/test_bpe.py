"""The byte-pair tokeniser: invertible on any text, and its merges are those of the plain definition."""

import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import BPETokenizer, python_docs
from minilora.data.bpe import WORD
from minilora.files import FileError

PROSE = python_docs().text[:60_000]


@pytest.fixture(scope="module")
def prose_tokenizer():
    return BPETokenizer().train(PROSE, vocab_size=512)


def plain_merges(text, n_merges):
    """The definition, step by step: count all pairs of all words, merge the commonest everywhere, repeat."""
    words = [list(word.encode()) for word in WORD.findall(text)]
    merges = []
    for k in range(n_merges):
        counts = Counter(pair for word in words for pair in zip(word, word[1:], strict=False))
        if not counts or max(counts.values()) < 2:
            break
        pair = min(pair for pair in counts if counts[pair] == max(counts.values()))
        merges.append(pair)
        for word in words:
            for i in range(len(word)):
                if tuple(word[i : i + 2]) == pair:
                    word[i : i + 2] = [256 + k]
    return merges, [i for word in words for i in word]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(text=st.text() | st.text("ab _1\n  \t.é漢🙂́"))
def test_invertible_on_any_text(prose_tokenizer, text):
    ids = prose_tokenizer.encode(text)
    assert all(type(i) is int and 0 <= i < prose_tokenizer.vocab_size for i in ids)
    assert prose_tokenizer.decode(ids) == text


def test_invertible_on_every_character_of_unicode(prose_tokenizer):
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    lines = "\n".join("".join(characters[i : i + 16]) for i in range(0, len(characters), 16))
    for text in (lines, "".join(characters[::97]), "a ".join(characters[:3000])):
        assert prose_tokenizer.decode(prose_tokenizer.encode(text)) == text


@settings(derandomize=True, deadline=None)
@given(text=st.text("aab \n_1é", min_size=1, max_size=60), n_merges=st.integers(0, 20))
def test_training_and_encoding_are_the_plain_definition(text, n_merges):
    merges, ids = plain_merges(text, n_merges)
    tokenizer = BPETokenizer().train(text, vocab_size=256 + n_merges)
    assert tokenizer.merges == merges
    assert tokenizer.encode(text) == ids


def test_the_same_on_real_prose():
    text = PROSE[:15_000]
    merges, ids = plain_merges(text, 40)
    tokenizer = BPETokenizer().train(text, vocab_size=296)
    assert tokenizer.merges == merges and tokenizer.encode(text) == ids


def test_equally_common_pairs_lower_ids_first():
    for text in ("zy-zy-ab-ab", "ab-ab-zy-zy"):
        assert BPETokenizer().train(text, vocab_size=258).merges == [(ord("a"), ord("b")), (ord("z"), ord("y"))]


def test_training_stops_where_no_pair_occurs_twice():
    tokenizer = BPETokenizer().train("abcd abcd", vocab_size=1000)
    assert tokenizer.vocab_size == 259  # ab, abc, abcd
    assert tokenizer.encode("abcd abcd") == [258, 32, 258]


def test_prose_becomes_shorter(prose_tokenizer):
    assert prose_tokenizer.vocab_size == 512
    assert len(prose_tokenizer.encode(PROSE)) < 0.55 * len(PROSE)
    assert len(BPETokenizer().encode("é漢")) == 5  # untrained: bytes


def test_no_merge_crosses_a_word(prose_tokenizer):
    words = WORD.findall(PROSE)
    assert "".join(words) == PROSE
    assert prose_tokenizer.encode(PROSE) == [i for word in words for i in prose_tokenizer.encode(word)]
    assert WORD.findall("if x_1 >= 10:\n    go()") == ["if", " x_", "1", " >=", " 10", ":", "\n   ", " go", "()"]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(text=st.text() | st.text(" \t\n\x1c\x85ab_1٣½.́"))
def test_words_spell_the_text(text):
    assert "".join(WORD.findall(text)) == text


def test_saved_and_loaded_it_is_the_same(tmp_path, prose_tokenizer):
    prose_tokenizer.save(tmp_path / "bpe.json")
    loaded = BPETokenizer.load(tmp_path / "bpe.json")
    assert loaded.merges == prose_tokenizer.merges and loaded.vocab_size == 512
    assert loaded.encode(PROSE + "é漢") == prose_tokenizer.encode(PROSE + "é漢")


def test_training_again_forgets_the_words_encoded_before():
    tokenizer = BPETokenizer().train("abab abab")
    assert len(tokenizer.encode("abab")) == 1
    tokenizer.train("xyxy xyxy")
    assert len(tokenizer.encode("abab")) == 4


def test_surrogates_are_refused():
    for text in ("ab\ud800", "\udfff"):
        with pytest.raises(ValueError, match=rf"surrogate U\+{ord(text[-1]):04X}.*no UTF-8 bytes"):
            BPETokenizer().encode(text)
        with pytest.raises(ValueError, match="surrogate"):
            BPETokenizer().train(text)


def test_half_a_character_is_shown_as_such(prose_tokenizer):
    assert prose_tokenizer.decode([ord("a"), *"漢".encode()[:2], ord("b")]) == "a\ufffdb"


def test_a_vocabulary_smaller_than_the_bytes_is_refused():
    with pytest.raises(ValueError, match=re.escape("vocab_size must be at least 256, one id for each byte, got 255")):
        BPETokenizer().train("abc", vocab_size=255)
    assert BPETokenizer().train("abab abab", vocab_size=256).merges == []


def test_broken_merges_are_refused(tmp_path):
    path = tmp_path / "bpe.json"
    for merges in (None, 3, [1], [[1, 2, 3]], [[97, 256]], [[-1, 3]], [["a", "b"]], [[1, 2], [1, 2]], [[1.0, 2]]):
        path.write_text(json.dumps({"kind": "bpe", "merges": merges}))
        with pytest.raises(FileError, match="bpe.json: not a whole bpe tokenizer"):
            BPETokenizer.load(path)
