"""The character tokeniser: invertible on its alphabet, clear outside it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import BPETokenizer, CharTokenizer
from minilora.files import FileError

ANY_CHARACTER = st.characters(codec=None)  # surrogates too: one id a character needs no encoding


@settings(derandomize=True, deadline=None)
@given(text=st.text(ANY_CHARACTER, min_size=1), data=st.data())
def test_invertible_on_its_alphabet(text, data):
    tokenizer = CharTokenizer().train(text)
    other = data.draw(st.text(sorted(set(text))))
    for t in (text, other, ""):
        ids = tokenizer.encode(t)
        assert len(ids) == len(t) and all(type(i) is int and 0 <= i < tokenizer.vocab_size for i in ids)
        assert tokenizer.decode(ids) == t


@settings(derandomize=True, deadline=None, max_examples=50)
@given(text=st.text(ANY_CHARACTER, min_size=1))
def test_saved_and_loaded_it_is_the_same(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("t") / "chars.json"
    tokenizer = CharTokenizer().train(text)
    tokenizer.save(path)
    assert CharTokenizer.load(path).alphabet == tokenizer.alphabet
    assert CharTokenizer.load(path).encode(text) == tokenizer.encode(text)


def test_the_alphabet_is_sorted_and_ids_are_places_in_it():
    tokenizer = CharTokenizer().train("hello, world\n")
    assert tokenizer.alphabet == "\n ,dehlorw"
    assert tokenizer.vocab_size == 10
    assert tokenizer.encode("hold") == [5, 7, 6, 3]


def test_train_and_load_work_on_the_class_on_an_instance_and_as_statements(tmp_path):
    statement = CharTokenizer()
    statement.train("abc")
    statement.save(tmp_path / "t.json")
    loaded = CharTokenizer()
    loaded.load(tmp_path / "t.json")
    made = (CharTokenizer.train("abc"), CharTokenizer().train("abc"), CharTokenizer.load(tmp_path / "t.json"), loaded)
    assert {t.alphabet for t in made} == {statement.alphabet} == {"abc"}
    assert CharTokenizer().vocab_size == 0  # what was called on the class left no trace in it


def test_training_again_starts_anew():
    tokenizer = CharTokenizer().train("abc")
    tokenizer.train("xy")
    assert tokenizer.alphabet == "xy" and tokenizer.encode("yx") == [1, 0]


def test_an_unknown_character_is_named_with_its_place_and_the_fix():
    tokenizer = CharTokenizer().train("abc\n")
    message = r"'é' \(U\+00E9\) at position 2.* 4 characters; train the tokenizer on both texts"
    with pytest.raises(ValueError, match=message) as caught:
        tokenizer.encode("abé€")
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match=r"'\\r' \(U\+000D\) at position 0"):
        tokenizer.encode("\ra")
    with pytest.raises(ValueError, match=r"'\\ud800' \(U\+D800\)"):
        tokenizer.encode("a\ud800")


@pytest.mark.parametrize("ids", [[0, 1, 2], (0, 1, 2), np.array([0, 1, 2]), np.array([0, 1, 2], np.uint8)])
def test_decode_takes_lists_and_arrays(ids):
    assert CharTokenizer().train("abc").decode(ids) == "abc"


@pytest.mark.parametrize("kind", [CharTokenizer, BPETokenizer])
def test_decode_refuses_what_are_no_ids(kind):
    tokenizer = kind.train("abc")
    last = tokenizer.vocab_size - 1
    for ids, where in (([0, last + 1], 1), ([0, 0, -1], 2), ([10**6], 0)):
        with pytest.raises(ValueError, match=rf"from 0 to vocab_size - 1 = {last}, got {ids[where]} at position {where}"):
            tokenizer.decode(ids)
    for ids in (np.zeros((2, 3), int), [0.0, 1.0], 5, "abc", [10**30]):
        with pytest.raises(ValueError, match="ids must be a list of integers"):
            tokenizer.decode(ids)
    assert tokenizer.decode([]) == "" == tokenizer.decode(np.zeros(0, int))


@pytest.mark.parametrize("kind", [CharTokenizer, BPETokenizer])
def test_nothing_can_be_learned_from_nothing(kind):
    with pytest.raises(ValueError, match="text must not be empty"):
        kind().train("")
    with pytest.raises(TypeError, match="text must be a str, got bytes"):
        kind().train(b"abc")


@pytest.mark.parametrize("kind", [CharTokenizer, BPETokenizer])
def test_files_that_are_no_such_tokenizer(tmp_path, kind):
    path = tmp_path / "t.json"
    good = kind.train("abab ab")
    good.save(path)
    content = path.read_bytes()
    other = {CharTokenizer: BPETokenizer, BPETokenizer: CharTokenizer}[kind]
    with pytest.raises(FileError, match=rf"t.json: expected a tokenizer of kind '{other.kind}', found .* kind '{kind.kind}'"):
        other.load(path)
    with pytest.raises(FileError, match="No such file"):
        kind.load(tmp_path / "none.json")
    for wrong in (b"", b"[1, 2]", b"3", b'{"a": 1}', content[:-5], b"\x80\x04."):
        path.write_bytes(wrong)
        with pytest.raises(FileError, match="t.json"):
            kind.load(path)
    for alphabet in ("cba", ["b", "a"], ["a", "a"], ["ab"], [1, "a"], None):
        path.write_text(json.dumps({"kind": "char", "alphabet": alphabet}))
        with pytest.raises(FileError, match="t.json: not a whole char tokenizer"):
            CharTokenizer.load(path)
    before = good.encode("ab")
    with pytest.raises(FileError):
        good.load(path)
    assert good.encode("ab") == before  # what could not be loaded changed nothing
