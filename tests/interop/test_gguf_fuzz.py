"""A thousand damaged GGUF files: each is a model or an error of one line, in little memory and time."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="a GGUF file is written by the package gguf: pip install 'minilora[real]'")
sys.path.append(str(Path(__file__).parent))
from write_gguf import write_llama

from minilora.files import FileError
from minilora.interop import load_gguf

MEGABYTES = 16  # beside what Python and NumPy take: the files have 0.2


def test_a_thousand_damaged_files(tmp_path):
    tokens = {"tokenizer.ggml.tokens": [f"token {i}" for i in range(77)], "tokenizer.ggml.scores": [0.5] * 77}
    for i, tied in enumerate((False, True)):
        write_llama(tmp_path / f"{i}.gguf", tied=tied, more=tokens)
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "fuzz_gguf.py", tmp_path, "1000", str(MEGABYTES)],
        capture_output=True, text=True, timeout=60, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    models, refused, damaged = map(int, done.stdout.split())
    assert models + refused + damaged == 1000
    assert models > 50 and refused > 50 and damaged > 200  # or the faults were all of one kind


def string(text):
    return struct.pack("<Q", len(text)) + text


def key(name, kind, value):
    return string(name) + struct.pack("<I", kind) + value


def tensor(name=b"t", shape=(32,), kind=0, offset=0):
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def start(tensors=0, keys=0, version=3):
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys)


DAMAGED = {
    "empty": (b"", "is no GGUF file"),
    "another kind": (b"PK\3\4" + bytes(99), "is no GGUF file"),
    "no version": (b"GGUF", "ends before"),
    "version 1": (start(version=1), "is GGUF of version 1, minilora reads 2 and 3"),
    "big-endian": (start(version=3 << 24), "is GGUF of version 50331648, minilora reads 2 and 3"),
    "many tensors": (start(tensors=1 << 60), "a tensor's name|it ends before"),
    "many keys": (start(keys=(1 << 64) - 1), "it ends before"),
    "long key": (start(keys=1) + struct.pack("<Q", 1 << 62), "a key ends before its 4611686018427387904 bytes do"),
    "long string": (start(keys=1) + key(b"k", 8, struct.pack("<Q", 1 << 40)), "'k' ends before its 1099511627776 bytes do"),
    "not UTF-8": (start(keys=1) + key(b"k", 8, string(b"\xff")), "'k' is not UTF-8"),
    "kind of value": (start(keys=1) + key(b"k", 99, b""), "'k' has a value of kind 99"),
    "twice": (start(keys=2) + 2 * key(b"k", 7, b"\1"), "'k' stands in it twice"),
    "long array": (start(keys=1) + key(b"k", 9, struct.pack("<IQ", 0, 1 << 40)), "'k' ends before its 1099511627776"),
    "long array of strings": (start(keys=1) + key(b"k", 9, struct.pack("<IQ", 8, 1 << 40)), "'k' is an array of 1099511627776"),
    "arrays in arrays": (start(keys=1) + key(b"k", 9, struct.pack("<IQ", 9, 1) * 9999), "'k' is an array of 1 values of kind 9"),
    "alignment": (start(keys=1) + key(b"general.alignment", 4, struct.pack("<I", 24)), "general.alignment must be a power of 2"),
    "no dimensions": (start(tensors=1) + tensor(shape=()), "tensor 't' has 0 dimensions"),
    "many dimensions": (start(tensors=1) + tensor(shape=(1,) * 9), "tensor 't' has 9 dimensions"),
    "kind of tensor": (start(tensors=1) + tensor(kind=999), "tensor 't' is of kind 999, which"),
    "part of a block": (start(tensors=1) + tensor(shape=(33,), kind=2), "tensor 't' is Q4_0, in blocks of 32, and has rows of"),
    "past the end": (start(tensors=1) + tensor(offset=1 << 50) + bytes(200), "tensor 't' reaches past its end"),
    "large": (start(tensors=1) + tensor(shape=(1 << 32, 1 << 32, 1 << 32)) + bytes(200), "tensor 't' reaches past its end"),
    "twice a tensor": (start(tensors=2) + 2 * tensor() + bytes(200), "tensor 't' stands in it twice"),
    "one upon the other": (start(tensors=9) + b"".join(tensor(b"%d" % i, (90,)) for i in range(9)) + bytes(600), "lie upon each"),
    "a name of lines": (start(tensors=1) + tensor(b"a\nb\r\x1b", kind=999), r"tensor 'a\\nb\\r\\x1b' is of kind 999"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_named(tmp_path, content, message):
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    with pytest.raises(FileError, match=message) as caught:
        load_gguf(path)
    assert str(caught.value).startswith(f"{path}: ") and len(str(caught.value).splitlines()) == 1
