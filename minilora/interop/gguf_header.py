"""The header of a GGUF file: its metadata as plain data, and where each tensor lies. Each count is checked before it is used.

    magic, version   4 + 4 bytes
    counts           of tensors and of keys, 8 bytes each
    keys             name, kind of value, value; a string is 8 bytes of length and UTF-8, an array a kind, a count and values
    tensors          name, number of dimensions, dimensions (the last of ours first), kind, offset in the data
    data             from the next multiple of general.alignment

The reader of the package gguf believes each length that it finds. A file is somebody else's, so we read the header ourselves: no
length may reach past the end of the file, and the memory that is taken stays in proportion to it.
"""

import os
from dataclasses import dataclass

import numpy as np

from minilora.files import FileError

MAGIC, VERSIONS = b"GGUF", (2, 3)
NUMBERS = {0: "<u1", 1: "<i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4", 6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8"}
STRING, ARRAY = 8, 9
ALIGNMENT = "general.alignment"
MOST_DIMENSIONS = 4


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies: shape as NumPy has it, `kind` a gguf.GGMLQuantizationType, `start` and `nbytes` in the file."""

    shape: tuple
    kind: object
    start: int
    nbytes: int


@dataclass(frozen=True)
class Header:
    """metadata: {key: a number, bool or string, or a list of one kind of them}. tensors: {name: Tensor}."""

    metadata: dict
    tensors: dict


def read_header(path):
    """The Header of a GGUF file. files.FileError if it cannot be read, is not whole, or contradicts itself.

    ValueError, with what to install, if the package gguf is not there.
    """
    sizes, kinds = _tensor_kinds()
    try:
        with open(path, "rb") as file:
            return _Reader(path, file).header(sizes, kinds)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error}); check the path") from error


def import_gguf():
    """The package gguf. ValueError says what to install where it is missing."""
    try:
        import gguf
    except ImportError:
        raise ValueError("a GGUF file needs the package gguf: pip install 'minilora[real]'") from None
    return gguf


def _tensor_kinds():
    gguf = import_gguf()
    return gguf.GGML_QUANT_SIZES, {kind.value: kind for kind in gguf.GGMLQuantizationType}


class _Reader:
    def __init__(self, path, file):
        self.path, self.file = path, file
        self.left = self.size = os.fstat(file.fileno()).st_size

    def header(self, sizes, kinds):
        if self.size < 4 or self.take(4) != MAGIC:
            raise FileError(f"{self.path}: is no GGUF file (it does not begin with {MAGIC.decode()}); check the path")
        version = self.number("<u4")
        if version not in VERSIONS:
            reads = "minilora reads 2 and 3, little-endian; convert it again"
            raise FileError(f"{self.path}: is GGUF of version {version}, {reads}")
        n_tensors, n_keys = self.count(), self.count()
        metadata = {}
        for _ in range(n_keys):
            key = self.string("a key")
            if key in metadata:
                raise self.damaged(f"{key!r} stands in it twice")
            metadata[key] = self.value(self.number("<u4"), key)
        entries = {}
        for _ in range(n_tensors):
            name = self.string("a tensor's name")
            if name in entries:
                raise self.damaged(f"tensor {name!r} stands in it twice")
            entries[name] = self.entry(name)
        alignment = metadata.get(ALIGNMENT, 32)
        if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
            raise self.damaged(f"{ALIGNMENT} must be a power of 2, got {alignment!r}")
        header_end = self.size - self.left
        data = header_end + -header_end % alignment
        tensors = {name: self.place(name, *entry, data, sizes, kinds) for name, entry in entries.items()}
        if sum(tensor.nbytes for tensor in tensors.values()) > self.size:
            raise self.damaged("its tensors lie upon each other")
        return Header(metadata, tensors)

    def entry(self, name):
        n_dimensions = self.number("<u4")
        if not 1 <= n_dimensions <= MOST_DIMENSIONS:
            raise self.damaged(f"tensor {name!r} has {n_dimensions} dimensions")
        shape = tuple(self.count() for _ in range(n_dimensions))[::-1]
        return shape, self.number("<u4"), self.count()

    def place(self, name, shape, kind, offset, data, sizes, kinds):
        if kind not in kinds:
            raise self.damaged(f"tensor {name!r} is of kind {kind}, which the package gguf does not know")
        values, nbytes = sizes[kinds[kind]]
        if shape[-1] % values:
            raise self.damaged(f"tensor {name!r} is {kinds[kind].name}, in blocks of {values}, and has rows of {shape[-1]}")
        for n in shape:
            nbytes *= n
        nbytes //= values
        if data + offset + nbytes > self.size:
            raise self.damaged(f"tensor {name!r} reaches past its end")
        return Tensor(shape, kinds[kind], data + offset, nbytes)

    def value(self, kind, key):
        if kind in NUMBERS:
            return self.number(NUMBERS[kind])
        if kind == STRING:
            return self.string(repr(key))
        if kind != ARRAY:
            raise self.damaged(f"{key!r} has a value of kind {kind}, which is unknown")
        kind, count = self.number("<u4"), self.count()
        if kind in NUMBERS:
            return np.frombuffer(self.take(count * np.dtype(NUMBERS[kind]).itemsize, repr(key)), NUMBERS[kind]).tolist()
        if kind == STRING and 8 * count <= self.left:
            return [self.string(repr(key)) for _ in range(count)]
        raise self.damaged(f"{key!r} is an array of {count} values of kind {kind}")

    def string(self, what):
        content = self.take(self.count(), what)
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise self.damaged(f"{what} is not UTF-8") from None

    def count(self):
        return int.from_bytes(self.take(8), "little")

    def number(self, dtype):
        return np.frombuffer(self.take(np.dtype(dtype).itemsize), dtype)[0].item()

    def take(self, count, what="it"):
        if count > self.left:
            raise self.damaged(f"{what} ends before its {count} bytes do")
        self.left -= count
        return self.file.read(count)

    def damaged(self, reason):
        return FileError(f"{self.path}: not a whole GGUF file ({reason[:200]}); download it again")
