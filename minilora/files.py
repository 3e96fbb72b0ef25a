"""Files: arrays as safetensors, the rest as JSON or text. Read without pickle, written whole or not at all.

Whatever is wrong with a file is a `FileError` of one line: the path, what is wrong, what to do. A write goes to a
temporary file beside the target, reaches the disk, and only then takes the target's name. So a kill at any moment
leaves the old file or the new one, and a failure leaves the old one and nothing else.
"""

import contextlib
import itertools
import json
import os
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from minilora import backend

BFLOAT16 = "BF16"  # NumPy has no such dtype: it is widened to float32, which holds each of its values exactly
_DTYPES = {"BOOL": "bool", BFLOAT16: "<u2"}
_DTYPES |= {f"{kind}{8 * size}": f"<{kind.lower()}{size}" for kind in "IU" for size in (1, 2, 4, 8)}
_DTYPES |= {f"F{8 * size}": f"<f{size}" for size in (2, 4, 8)}


class FileError(ValueError):
    """A file that cannot be read or written. The message is one line: path, what is wrong, what to do."""


def save_arrays(path, arrays, metadata=None):
    """Write `arrays` {name: array of any backend, any shape} and `metadata` {str: str} as one safetensors file.

    One array at a time: what is not laid out as the file wants it is copied alone, so that a large model fits beside its file.
    """
    arrays = {name: np.asarray(backend.asnumpy(a)) for name, a in arrays.items()}
    metadata = metadata or {}
    for name, a in arrays.items():
        if not isinstance(name, str) or name == "__metadata__":
            raise FileError(f"{path}: {name!r} cannot name an array; use another string")
        if a.dtype.kind not in "biuf" or a.dtype.itemsize > 8:
            raise FileError(f"{path}: array {name!r} has dtype {a.dtype}, unknown to safetensors; convert it, to float32 say")
    for key, value in metadata.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise FileError(f"{path}: metadata must map strings to strings, got {key!r}: {value!r}; use json.dumps on the value")
    arrays = dict(sorted(arrays.items(), key=lambda item: (-item[1].itemsize, item[0])))  # so that each starts at its alignment
    try:
        header = _header(arrays, metadata)
    except UnicodeEncodeError as error:
        raise FileError(f"{path}: a name or the metadata holds a surrogate; UTF-8 has none, remove it") from error
    contents = (a.astype(a.dtype.newbyteorder("<"), order="C", copy=False) for a in arrays.values())
    atomic_write(path, itertools.chain([header], contents))


def _header(arrays, metadata):
    """What stands before the arrays in a safetensors file: the length of a JSON object in 8 bytes, and that object."""
    names = {np.dtype(ours): theirs for theirs, ours in _DTYPES.items() if theirs != BFLOAT16}
    entries, stop = {"__metadata__": metadata} if metadata else {}, 0
    for name, a in arrays.items():
        start, stop = stop, stop + a.nbytes
        entries[name] = {"dtype": names[a.dtype.newbyteorder("<")], "shape": a.shape, "data_offsets": (start, stop)}
    text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def load_arrays(path):
    """Read a safetensors file. Returns ({name: np.ndarray}, {str: str} metadata); bfloat16 comes back as float32."""
    stored = StoredArrays(path)
    return {name: stored.read(name) for name in stored.shapes}, stored.metadata


class StoredArrays:
    """A safetensors file whose arrays are read one at a time, so that a large one is never in memory twice.

    shapes    {name: shape}, in the order of the file
    metadata  {str: str}
    FileError if the file cannot be read, is not whole, or is of another kind.
    """

    def __init__(self, path):
        self.path = path
        try:
            with open(path, "rb") as file, safe_open(path, framework="numpy"):  # which checks that header and length fit
                self._start = 8 + int.from_bytes(file.read(8), "little")
                header = json.loads(file.read(self._start - 8))
        except (SafetensorError, RecursionError) as error:
            reason = "it is cut short or of another kind" if os.path.getsize(path) else "it is empty"
            raise FileError(f"{path}: not a whole safetensors file ({reason}); save or download it again") from error
        except (OSError, ValueError) as error:
            raise FileError(f"{path}: cannot be read ({_reason(error)}); check the path") from error
        self.metadata = header.pop("__metadata__", None) or {}
        self._entries = header
        self.shapes = {name: tuple(entry["shape"]) for name, entry in header.items()}

    def read(self, name):
        """One array, its own copy. FileError for a dtype that NumPy does not know; KeyError for a name that is not there."""
        entry = self._entries[name]
        if entry["dtype"] not in _DTYPES:
            wrong = f"array {name!r} has dtype {entry['dtype']}, which NumPy does not know"
            raise FileError(f"{self.path}: {wrong}; save it as F32 or BF16")
        start, stop = entry["data_offsets"]
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        try:
            a = np.fromfile(self.path, dtype, (stop - start) // dtype.itemsize, offset=self._start + start)
        except OSError as error:
            raise FileError(f"{self.path}: cannot be read ({_reason(error)}); check the path") from error
        if entry["dtype"] == BFLOAT16:
            a = a.astype(np.uint32)
            a <<= 16  # bfloat16 is the upper half of a float32
            a = a.view(np.float32)
        try:
            return a.reshape(self.shapes[name])
        except ValueError as error:  # shorter than its header says, or of sizes beyond NumPy's
            raise FileError(f"{self.path}: array {name!r} cannot be had ({error}); save or download the file again") from error


def save_json(path, value):
    """Write a JSON document. NaN and infinities are kept in Python's spelling (NaN, Infinity)."""
    try:
        text = json.dumps(value, indent=2)
    except (TypeError, ValueError, RecursionError) as error:
        raise FileError(f"{path}: cannot be written as JSON ({error}); use dicts, lists, strings and Python numbers") from error
    save_text(path, text + "\n")


def load_json(path):
    """Read a JSON document."""
    text = load_text(path)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = f"{error}" if text else "it is empty"
        raise FileError(f"{path}: not a whole JSON document ({reason}); save or download it again") from error


def save_text(path, text):
    """Write `text` as UTF-8, newlines as they are."""
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileError(f"{path}: the text holds a surrogate at position {error.start}; UTF-8 has none, remove it") from error
    atomic_write(path, content)


def load_text(path):
    """Read a UTF-8 text, newlines as they are."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 text (byte {error.start}); give a text file, or convert it to UTF-8") from error


def read_bytes(path):
    """The content of a file."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: cannot be read ({_reason(error)}); check the path") from error


def atomic_write(path, content):
    """Make `content` the content of `path`, whole or not at all: bytes, or an iterable of bytes or arrays, written in turn.

    Missing folders are made.
    """
    try:
        path = Path(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")  # the same folder: os.replace stays in one file system
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "wb") as file:
                for part in [content] if isinstance(content, bytes | bytearray | memoryview) else content:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:  # KeyboardInterrupt too: nothing half written stays
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except (OSError, ValueError) as error:
        folder = os.path.dirname(path) or "."
        raise FileError(f"{path}: cannot be written ({_reason(error)}); {folder} must be a folder you may write to") from error


def _reason(error):
    return getattr(error, "strerror", None) or str(error)
