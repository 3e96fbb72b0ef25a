"""Texts that every machine has."""

import dataclasses
import hashlib
import json
import platform
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import DEMO_ALPHABET, corpora, keep_characters, python_docs, standard_library, text_file
from minilora.files import FileError


def test_python_docs_are_prose():
    corpus = python_docs()
    assert corpus.name == "python-docs"
    assert 200_000 < len(corpus.text) < 2_000_000
    assert "Assert statements are a convenient way" in corpus.text
    assert corpus.text.index('The "assert" statement') < corpus.text.index('The "yield" statement')  # topics in order
    assert "topics = {" not in corpus.text  # the values, not the file they are kept in


def test_standard_library_is_code_without_what_is_left_out():
    corpus = standard_library()
    assert 4_000_000 < len(corpus.text) < 20_000_000
    library = Path(sysconfig.get_path("stdlib"))
    for kept in ("abc.py", "json/decoder.py", "unittest/mock.py", "zoneinfo/_tzpath.py"):
        assert library.joinpath(kept).read_text(encoding="utf-8") in corpus.text
    for left_out in ("pydoc_data/topics.py", "encodings/cp1252.py", "idlelib/pyshell.py"):
        path = library / left_out
        if path.exists():
            assert path.read_text(encoding="utf-8")[:3000] not in corpus.text
    assert "build_time_vars = {" not in corpus.text


def test_a_made_up_library(tmp_path, monkeypatch):
    monkeypatch.setattr(corpora.sysconfig, "get_path", lambda name: str(tmp_path))
    files = {
        "b.py": b"b = 1\r\n",
        "a.py": b"a = 1\rA = 2\n",
        "a/z.py": "é = 1\n".encode(),
        "latin.py": b"x = '\xe9'\n",
        "empty.py": b"",
        "note.txt": b"no code\n",
        "_sysconfigdata_x.py": b"built\n",
    }
    files |= {f"{folder}/m.py": b"left out\n" for folder in (*corpora.LEFT_OUT, "config-3.11", "a/tests")}
    for name, content in files.items():
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True, parents=True)
        tmp_path.joinpath(name).write_bytes(content)
    corpus = standard_library()
    assert corpus.text == "a = 1\nA = 2\n\né = 1\n\nb = 1\n"
    assert "3 of 3 files" in corpus.source


def test_max_chars_takes_whole_files_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.setattr(corpora.sysconfig, "get_path", lambda name: str(tmp_path))
    for i in range(100):
        tmp_path.joinpath(f"m{i:02}.py").write_text(f"{i:02}" + "." * (37 + i % 7))
    everything = standard_library().text.split("\n")
    for max_chars, expected in ((len("\n".join(everything)), 100), (1000, None), (46, 1)):
        corpus = standard_library(max_chars=max_chars)
        taken = corpus.text.split("\n")
        assert len(corpus.text) <= max_chars
        assert expected is None or len(taken) == expected
        assert taken == [file for file in everything if file in taken]  # whole, and in order
        assert f"{len(taken)} of 100 files" in corpus.source
    numbers = [int(file[:2]) for file in standard_library(max_chars=1000).text.split("\n")]
    assert len(numbers) >= 22
    assert max(b - a for a, b in zip([-1, *numbers], [*numbers, 100], strict=True)) <= 12  # evenly: 4.5 on average


@settings(derandomize=True, deadline=None)
@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=20), max_chars=st.integers(30, 200))
def test_evenly_never_takes_too_much_nor_leaves_out_what_fits(lengths, max_chars):
    texts = [chr(97 + i) * length for i, length in enumerate(lengths)]
    taken = corpora._evenly(texts, max_chars)
    size = len("\n".join(taken))
    assert size <= max_chars and taken == [text for text in texts if text in taken]
    assert all(size + 1 + len(text) > max_chars for text in texts if text not in taken)


def test_max_chars_too_small_and_a_library_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(corpora.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(FileError, match="holds no .py files"):
        standard_library()
    (tmp_path / "a.py").write_text("x" * 50)
    with pytest.raises(ValueError, match="at least one file, of 50 characters or more, got 49"):
        standard_library(max_chars=49)
    assert len(standard_library(max_chars=50).text) == 50


def test_python_without_its_docs(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(FileError, match="came without it; give your own text"):
        python_docs()


def test_a_corpus_knows_its_version_and_hash():
    corpus = python_docs()
    assert corpus.version == platform.python_version()
    assert corpus.sha256 == hashlib.sha256(corpus.text.encode()).hexdigest()
    assert corpus == python_docs() and python_docs().sha256 != dataclasses.replace(corpus, text=corpus.text + ".").sha256
    assert len(repr(corpus)) < 300
    record = json.loads(json.dumps(corpus.record()))
    assert record == {
        "name": "python-docs",
        "source": corpus.source,
        "version": corpus.version,
        "sha256": corpus.sha256,
        "characters": len(corpus.text),
    }


def test_your_own_text(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes("\ufeffCall me\r\nIshmael.\rÉté\n".encode())
    corpus = text_file(path)
    assert corpus.text == "Call me\nIshmael.\nÉté\n" and corpus.name == "mine.txt" and corpus.source == str(path)
    assert text_file(str(path)) == corpus
    wrong = {
        b"": "is empty",
        b" \n\t": "is empty",
        b"\xef\xbb\xbf": "is empty",
        b"caf\xe9": r"not UTF-8 text \(byte 3\)",
        b"PK\x03\x04\x00\x00": "zero bytes",
        "text".encode("utf-16"): "not UTF-8",
    }
    for content, message in wrong.items():
        path.write_bytes(content)
        with pytest.raises(FileError, match=rf"mine.txt: .*{message}"):
            text_file(path)
    with pytest.raises(FileError, match="none.txt: cannot be read"):
        text_file(tmp_path / "none.txt")


def test_the_demo_alphabet():
    assert len(DEMO_ALPHABET) == 97 == len(set(DEMO_ALPHABET))
    assert all(c in "\t\n" or (c.isascii() and c.isprintable()) for c in DEMO_ALPHABET)


@settings(derandomize=True, deadline=None)
@given(text=st.text(), alphabet=st.text())
def test_keep_characters_keeps_those_and_their_order(text, alphabet):
    assert keep_characters(text, alphabet) == "".join(c for c in text if c in alphabet)
    assert keep_characters(text) == "".join(c for c in text if c in DEMO_ALPHABET)
